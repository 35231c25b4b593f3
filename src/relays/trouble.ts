import { codeOf, messageOf } from '../ground/errors.ts';
import { cleanText, replyOfError } from './parse-reply.ts';
import type { RelayTrouble } from './types.ts';

/** Nothing was mailed: why the relay could not be used, in one word and in a sentence as evidence. */
export interface Trouble {
  readonly kind: 'trouble';
  readonly word: RelayTrouble;
  readonly detail: string;
}

export function trouble(word: RelayTrouble, detail: string): Trouble {
  return { kind: 'trouble', word, detail: cleanText(detail) };
}

/** How far a connection had come when it failed: AUTH is told apart from what precedes it. */
export type Step = 'connect' | 'login' | 'send';

/** Turns a failure of the SMTP client or the network below it into a word. */
export function troubleOf(error: unknown, step: Step): Trouble {
  return trouble(wordOf(error, step), messageOf(error));
}

const WORDS: Readonly<Record<string, RelayTrouble>> = {
  ETIMEDOUT: 'timeout',
  ETLS: 'tls',
  EREQUIRETLS: 'tls',
  EDNS: 'unreachable',
  ECONNREFUSED: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  ECONNECTION: 'closed',
  ESOCKET: 'closed',
};

function wordOf(error: unknown, step: Step): RelayTrouble {
  const code = codeOf(error) ?? '';
  const cause = originalCodeOf(error);
  const reply = replyOfError(error);
  if (reply?.code === 421) return 'closed';
  // A 4xx to AUTH (454 4.7.0) is the server's own trouble (RFC 4954 4): only a 5xx speaks of our credentials.
  if (code === 'EAUTH') return reply && reply.code < 500 ? 'protocol' : 'credentials';
  if (/^ERR_(TLS|SSL|OSSL)|CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(cause)) return 'tls';
  if (code === 'EPROTOCOL' && step === 'connect') return 'greeting';
  return WORDS[cause] ?? WORDS[code] ?? 'protocol';
}

/** The code of the system's error (`ECONNREFUSED`), which nodemailer keeps beside its own. */
function originalCodeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('originalCode' in error)) return '';
  return typeof error.originalCode === 'string' ? error.originalCode : '';
}

/** The connection ended while something was under way. */
export class ClosedError extends Error {
  readonly code = 'ECONNECTION';

  constructor() {
    super('the connection was closed');
  }
}

/** The server said nothing for as long as it may take. */
export class TimeoutError extends Error {
  readonly code = 'ETIMEDOUT';

  /** @param waitedMs milliseconds. */
  constructor(waitedMs: number) {
    super(`no answer within ${waitedMs / 1000} s`);
  }
}
