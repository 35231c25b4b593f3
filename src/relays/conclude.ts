import { messageOf } from '../ground/errors.ts';
import type { Progress } from './handed-message.ts';
import { cleanText, parseReply, queueIdOf, replyOfError } from './parse-reply.ts';
import { readReply, type Stage } from './reply.ts';
import { trouble, troubleOf } from './trouble.ts';
import type { Reply, SendResult } from './types.ts';

/** How a step of the SMTP client ended. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

/** What a send came to, and whether the connection is fit for another message. */
export interface Conclusion {
  readonly result: SendResult;
  readonly keep: boolean;
}

/**
 * What is true after a try: how far the message came says whether anything may have been mailed, the server's words
 * say the rest. Where both leave a doubt after the hand-over, the result is `lost`, never a guess.
 * @param outcome the reply to the final dot, or what went wrong at any step.
 * @param flushed whether nothing of the message was waiting to be written when the outcome came.
 */
export function conclude(progress: Progress, outcome: Outcome<string>, flushed: boolean): Conclusion {
  switch (progress) {
    case 'withheld':
    case 'failed':
      return { result: { kind: 'withheld' }, keep: false };
    case 'started':
    case 'complete':
      return afterHandOver(outcome, { complete: progress === 'complete', flushed });
    case 'unread':
    case 'asking':
    case 'unsent':
      return beforeHandOver(progress === 'unread', outcome);
  }
}

function afterHandOver(
  outcome: Outcome<string>,
  { complete, flushed }: { complete: boolean; flushed: boolean },
): Conclusion {
  const reply = outcome.ok ? parseReply(outcome.value) : replyOfError(outcome.error);
  if (reply && reply.code >= 400) {
    // After a refusal in the middle of the body the server reads commands: the rest of a message must not be taken for them.
    return {
      result: { kind: 'refused', reply, stage: 'body' },
      keep: complete && flushed && reply.code !== 421,
    };
  }
  if (outcome.ok && complete && reply)
    return { result: { kind: 'accepted', reply, queueId: queueIdOf(reply) }, keep: true };
  const detail = outcome.ok ? `an answer that says nothing: ${outcome.value}` : messageOf(outcome.error);
  return { result: { kind: 'lost', detail: cleanText(detail) }, keep: false };
}

function beforeHandOver(unread: boolean, outcome: Outcome<string>): Conclusion {
  if (outcome.ok) {
    return {
      result: trouble('protocol', `an answer before the message was sent: ${outcome.value}`),
      keep: false,
    };
  }
  const reply = replyOfError(outcome.error);
  const stage = reply && reply.code >= 400 ? stageOf(outcome.error, reply) : undefined;
  if (!reply || !stage) return { result: troubleOf(outcome.error, 'send'), keep: false };
  return refusedAt(stage, reply, unread);
}

/** A refusal that is about the relay and not about the mail is trouble: another relay may take the mail at once. */
function refusedAt(stage: Stage, reply: Reply, unread: boolean): Conclusion {
  const words = `${reply.code} ${reply.enhanced ?? ''} ${reply.text}`;
  const verdict = readReply(reply, stage);
  if (verdict === 'relay_trouble') return { result: trouble('closed', words), keep: false };
  if (verdict === 'credentials')
    return { result: trouble(/starttls/i.test(reply.text) ? 'tls' : 'credentials', words), keep: false };
  return { result: { kind: 'refused', reply, stage }, keep: unread && reply.code !== 421 };
}

const STAGES: Readonly<Record<string, Stage>> = { 'MAIL FROM': 'mail', 'RCPT TO': 'rcpt', DATA: 'data' };

/** The command that was refused. A 421 to a pipelined RCPT reaches us as the connection's own end. */
function stageOf(error: unknown, reply: Reply): Stage | undefined {
  if (typeof error !== 'object' || error === null || !('command' in error)) return undefined;
  if (error.command === 'CONN' && reply.code === 421) return 'rcpt';
  return typeof error.command === 'string' ? STAGES[error.command] : undefined;
}
