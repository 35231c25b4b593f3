import { describe, expect, test } from 'vitest';
import { chooseRelated } from '../../src/deliveries/mail.ts';
import { backOffMs, decide, type Situation } from '../../src/deliveries/outcome.ts';
import type { Verdict } from '../../src/relays/types.ts';

const MINUTE = 60_000;
const policy = { retryMinutes: [1, 5, 15, 60], giveUpHours: 24 };

function situation(given: Partial<Situation>): Situation {
  return {
    result: { kind: 'withheld' },
    verdict: null,
    tries: 0,
    ageMs: 0,
    policy,
    random: () => 0,
    ...given,
  };
}

const FINAL: ReadonlySet<Verdict> = new Set([
  'never_this_address',
  'mailbox_full',
  'policy',
  'never_this_message',
]);

function refused(verdict: Verdict, more: Partial<Situation> = {}): Situation {
  return situation({
    result: {
      kind: 'refused',
      stage: 'rcpt',
      reply: { code: FINAL.has(verdict) ? 550 : 450, enhanced: null, text: 'words' },
    },
    verdict,
    ...more,
  });
}

describe('backing off', () => {
  test('follows the newsletter, then every hour', () => {
    expect([0, 1, 2, 3, 4, 50].map((tries) => backOffMs(tries, policy, () => 0) / MINUTE)).toEqual([
      1, 5, 15, 60, 60, 60,
    ]);
  });

  test('is up to a fifth longer by chance, never shorter', () => {
    expect(backOffMs(1, policy, () => 0.999_999)).toBe(6 * MINUTE);
    expect(backOffMs(1, policy, () => 0)).toBe(5 * MINUTE);
  });
});

describe('what becomes of a delivery', () => {
  test.each<[Verdict, string, number]>([
    ['never_this_address', 'bounced', 1],
    ['mailbox_full', 'bounced', 1],
    ['policy', 'failed', 1],
    ['never_this_message', 'failed', 1],
    ['later', 'deferred', 1],
    ['later_slow_down', 'deferred', 1],
    ['relay_trouble', 'deferred', 0],
    ['credentials', 'deferred', 0],
  ])('after %s it is %s and %i try is used', (verdict, state, tries) => {
    expect(decide(refused(verdict))).toMatchObject({
      state,
      tries,
      suppress: verdict === 'never_this_address',
    });
  });

  test('a 4xx is tried again, whatever its words say', () => {
    const reply = { code: 452, enhanced: '4.2.2', text: 'over quota' };
    const result = { kind: 'refused', stage: 'rcpt', reply } as const;
    for (const verdict of ['mailbox_full', 'never_this_address', 'policy', 'never_this_message'] as const)
      expect(decide(situation({ result, verdict }))).toMatchObject({ state: 'deferred', suppress: false });
  });

  test.each([
    ['5.1.1', 'user unknown', true],
    ['5.2.1', 'mailbox disabled', true],
    [null, 'no such user', true],
    [null, 'mailbox unavailable', false],
    [null, 'account temporarily disabled', false],
  ])('550 %s %s suppresses: %s', (enhanced, text, suppress) => {
    const result = { kind: 'refused', stage: 'rcpt', reply: { code: 550, enhanced, text } } as const;
    expect(decide(situation({ result, verdict: 'never_this_address' }))).toMatchObject({
      state: 'bounced',
      suppress,
    });
  });

  test('a 250 is sent; a lost answer is unsure; a refused hand-over is queued again', () => {
    const reply = { code: 250, enhanced: '2.0.0', text: 'ok' };
    expect(decide(situation({ result: { kind: 'accepted', reply, queueId: null } }))).toMatchObject({
      state: 'sent',
    });
    expect(decide(situation({ result: { kind: 'lost', detail: 'closed' } }))).toMatchObject({
      state: 'unsure',
    });
    expect(decide(situation({ result: { kind: 'withheld' } }))).toMatchObject({ state: 'queued', tries: 0 });
  });

  test("a relay's trouble uses up no try, and is waited out until the deadline", () => {
    const result = { kind: 'trouble', word: 'unreachable', detail: 'ECONNREFUSED' } as const;
    expect(decide(situation({ result }))).toMatchObject({
      state: 'deferred',
      tries: 0,
      attempt: 'relay_trouble',
    });
    expect(decide(situation({ result, ageMs: 24 * 60 * MINUTE }))).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('given up after 24 h'),
    });
  });

  test('what was only ever put off is given up at the deadline, with the last words', () => {
    expect(decide(refused('later', { ageMs: 24 * 60 * MINUTE - 1 }))).toMatchObject({ state: 'deferred' });
    expect(decide(refused('later', { ageMs: 24 * 60 * MINUTE }))).toMatchObject({
      state: 'failed',
      reason: 'given up after 24 h: 450 words',
    });
  });
});

test('a reader is shown the first three candidates that no edition sent to them carried', () => {
  expect(chooseRelated(12, [])).toEqual([0, 1, 2]);
  expect(chooseRelated(12, [1, 0, 5])).toEqual([2, 3, 4]);
  expect(chooseRelated(2, [0])).toEqual([1]);
  expect(chooseRelated(0, [])).toEqual([]);
});
