import type { Reply, SendResult, Verdict } from '../relays/types.ts';

/** What a newsletter says about trying again. */
export interface RetryPolicy {
  /** Minutes until the 2nd, 3rd … try; after the last of them hourly. */
  readonly retryMinutes: readonly number[];
  /** After so many hours a delivery that was only ever put off is `failed`. */
  readonly giveUpHours: number;
}

/** How an attempt is written down. */
type AttemptOutcome =
  | 'accepted'
  | 'deferred'
  | 'bounced'
  | 'failed'
  | 'relay_trouble'
  | 'withheld'
  | 'unsure';

/** What becomes of a delivery after one attempt. */
export interface Decision {
  readonly state: 'sent' | 'deferred' | 'bounced' | 'failed' | 'queued' | 'unsure';
  readonly attempt: AttemptOutcome;
  /** Milliseconds until it is due again; only with `deferred`. */
  readonly delayMs: number | null;
  /** 1 when this counts as a try at the address; a relay's own trouble does not. */
  readonly tries: 0 | 1;
  readonly reason: string | null;
  /** The address itself will never work: nobody mails it again. */
  readonly suppress: boolean;
}

/** What the decision looks at. */
export interface Situation {
  readonly result: SendResult;
  /** What `relays/reply.ts` made of the server's words, where it gave any. */
  readonly verdict: Verdict | null;
  /** Tries before this one. */
  readonly tries: number;
  /** Milliseconds since the delivery was first to be sent. */
  readonly ageMs: number;
  readonly policy: RetryPolicy;
  /** In [0, 1). */
  readonly random: () => number;
}

const MINUTE_MS = 60_000;
/** Its job must have ended before the delivery is offered again. */
const LEAST_DELAY_MS = 2_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A relay that is down is asked again about this often. */
const RELAY_PAUSE_MS = 15_000;

/**
 * Milliseconds until the next try after `tries` tries: the newsletter's steps, then hourly, each up to a fifth longer
 * by chance so that a thousand put-off mails do not come back in one second.
 */
export function backOffMs(tries: number, policy: RetryPolicy, random: () => number): number {
  const minutes = policy.retryMinutes[tries] ?? 60;
  return Math.max(LEAST_DELAY_MS, Math.round(minutes * MINUTE_MS * (1 + random() / 5)));
}

/** Decides what becomes of a delivery: the server's words first, the trouble on the way to it second. */
export function decide(situation: Situation): Decision {
  const { result } = situation;
  switch (result.kind) {
    case 'accepted':
      return { ...NOTHING, state: 'sent', attempt: 'accepted' };
    case 'refused':
      return afterRefusal(situation, result.reply);
    case 'trouble':
      return afterTrouble(situation, result.detail);
    case 'withheld':
      return { ...NOTHING, state: 'queued', attempt: 'withheld', tries: 0 };
    case 'lost':
      return {
        ...NOTHING,
        state: 'unsure',
        attempt: 'unsure',
        reason: `the answer was lost after the hand-over: ${result.detail}`,
      };
  }
}

const NOTHING = { delayMs: null, tries: 1, reason: null, suppress: false } as const;

/** Verdicts about the relay, not about the mail. */
const RELAY_WORDS: ReadonlySet<Verdict> = new Set(['relay_trouble', 'credentials']);

/** Words that may also mean a policy, or a passing state: not enough to mail nobody there ever again (RFC 5321 4.2.3, 550). */
const VAGUE = /unavailable|temporar/i;

function condemns(reply: Reply): boolean {
  return reply.enhanced === null ? !VAGUE.test(reply.text) : /^5\.(1\.|2\.1$)/.test(reply.enhanced);
}

function afterRefusal(situation: Situation, reply: Reply): Decision {
  const reason = `${reply.code} ${reply.text}`;
  // Whatever the words say, a 4xx is not the last word.
  if (reply.code < 500 && !RELAY_WORDS.has(situation.verdict ?? 'later')) return putOff(situation, reason);
  switch (situation.verdict) {
    case 'never_this_address':
      return { ...NOTHING, state: 'bounced', attempt: 'bounced', reason, suppress: condemns(reply) };
    case 'mailbox_full':
      return { ...NOTHING, state: 'bounced', attempt: 'bounced', reason };
    case 'policy':
    case 'never_this_message':
      return { ...NOTHING, state: 'failed', attempt: 'failed', reason };
    case 'relay_trouble':
    case 'credentials':
      return afterTrouble(situation, reason);
    default:
      return putOff(situation, reason);
  }
}

function putOff(situation: Situation, reason: string): Decision {
  if (isTooOld(situation)) return givenUp(situation, reason);
  const delayMs = backOffMs(situation.tries, situation.policy, situation.random);
  return { ...NOTHING, state: 'deferred', attempt: 'deferred', reason, delayMs };
}

function afterTrouble(situation: Situation, reason: string): Decision {
  if (isTooOld(situation)) return givenUp(situation, reason);
  const delayMs = Math.round(RELAY_PAUSE_MS * (1 + situation.random()));
  return { ...NOTHING, state: 'deferred', attempt: 'relay_trouble', reason, delayMs, tries: 0 };
}

function isTooOld({ ageMs, policy }: Situation): boolean {
  return ageMs >= policy.giveUpHours * HOUR_MS;
}

function givenUp({ policy }: Situation, reason: string): Decision {
  return {
    ...NOTHING,
    state: 'failed',
    attempt: 'failed',
    reason: `given up after ${policy.giveUpHours} h: ${reason}`,
  };
}
