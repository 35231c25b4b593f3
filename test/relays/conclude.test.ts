import { describe, expect, it } from 'vitest';
import { conclude } from '../../src/relays/conclude.ts';
import type { Progress } from '../../src/relays/handed-message.ts';

const taken = { ok: true, value: '250 2.0.0 Ok: queued as T1' } as const;
const broken = { ok: false, error: Object.assign(new Error('gone'), { code: 'ECONNECTION' }) } as const;
const refused = {
  ok: false,
  error: Object.assign(new Error('no'), { code: 'EMESSAGE', command: 'DATA', response: '554 5.7.1 no' }),
} as const;

describe('what is true after a try', () => {
  it.each([
    // Before the hand-over nothing was mailed, whatever the server says.
    ['unread', taken, 'trouble', false],
    ['unread', broken, 'trouble', false],
    ['unread', refused, 'refused', true],
    ['asking', taken, 'trouble', false],
    ['asking', broken, 'trouble', false],
    ['asking', refused, 'refused', false],
    ['unsent', taken, 'trouble', false],
    ['unsent', broken, 'trouble', false],
    ['unsent', refused, 'refused', false],
    ['withheld', taken, 'withheld', false],
    ['withheld', broken, 'withheld', false],
    ['withheld', refused, 'withheld', false],
    ['failed', broken, 'withheld', false],
    // After it only the server's own clear words settle the matter: a 250 counts when it had the whole message.
    ['started', taken, 'lost', false],
    ['started', broken, 'lost', false],
    ['started', refused, 'refused', false],
    ['complete', taken, 'accepted', true],
    ['complete', broken, 'lost', false],
    ['complete', refused, 'refused', true],
  ] satisfies [Progress, unknown, string, boolean][])('%s, then %o: %s', (progress, outcome, kind, keep) => {
    expect(conclude(progress, outcome, true)).toMatchObject({ result: { kind }, keep });
  });

  it('keeps no connection with the rest of a refused message before it', () => {
    expect(conclude('complete', refused, false)).toMatchObject({ result: { kind: 'refused' }, keep: false });
  });
});
