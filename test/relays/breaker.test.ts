import { describe, expect, it } from 'vitest';
import {
  abandoned,
  BREAKER_LIMITS,
  type Breaker,
  begin,
  type Cause,
  restOf,
  succeeded,
  troubled,
  WELL,
} from '../../src/relays/breaker.ts';

const REFUSED: Cause = { word: 'unreachable', detail: 'connect ECONNREFUSED' };

function trouble(
  breaker: Breaker,
  now: number,
  more: { probe?: boolean; random?: number; began?: number; cause?: Cause } = {},
) {
  const { probe = false, random = 0, began = now, cause = REFUSED } = more;
  return troubled(breaker, cause, { now, began, probe, random, limits: BREAKER_LIMITS });
}

/** Five troubles over one second. */
function sick(): Breaker {
  return [0, 250, 500, 750, 1_000].reduce((breaker, now) => trouble(breaker, now), WELL);
}

function probeFails(breaker: Breaker, now: number, random = 0): Breaker {
  const probing = begin(breaker);
  return trouble(probing.breaker, now, { probe: probing.probe, random });
}

describe('the breaker', () => {
  it('rests after enough troubles in a row over enough time', () => {
    expect(restOf(sick(), 1_000)).toEqual({ until: 2_000, cause: REFUSED });
  });

  it('does not rest for a burst, however many fail in it', () => {
    let breaker = WELL;
    for (let turn = 0; turn < 100; turn += 1) breaker = trouble(breaker, 10);
    expect(restOf(breaker, 10)).toBeNull();
    expect(restOf(trouble(breaker, 1_010), 1_010)).not.toBeNull();
  });

  it('does not rest for few, however long they last', () => {
    const breaker = [0, 10_000, 20_000, 30_000].reduce((state, now) => trouble(state, now), WELL);
    expect(breaker.phase).toBe('well');
  });

  it('counts the time that a try waited in vain', () => {
    let breaker = WELL;
    for (let turn = 0; turn < 5; turn += 1) breaker = trouble(breaker, 30_000, { began: 0 });
    expect(restOf(breaker, 30_000)).not.toBeNull();
  });

  it('forgets the row when one succeeds', () => {
    const four = [0, 500, 1_000, 1_500].reduce((state, now) => trouble(state, now), WELL);
    expect(restOf(trouble(succeeded(four, false), 2_000), 2_000)).toBeNull();
  });

  it('rests at once for wrong credentials', () => {
    const cause: Cause = { word: 'credentials', detail: '535 no' };
    expect(restOf(trouble(WELL, 5, { cause }), 5)?.cause.word).toBe('credentials');
  });

  it('lets one message try after the rest, and nobody else meanwhile', () => {
    expect(restOf(sick(), 1_999)).not.toBeNull();
    expect(restOf(sick(), 2_000)).toBeNull();
    const { breaker, probe } = begin(sick());
    expect(probe).toBe(true);
    expect(restOf(breaker, 2_000)).toEqual({ until: 3_000, cause: REFUSED });
  });

  it('is well again when that message gets an answer', () => {
    const { breaker, probe } = begin(sick());
    expect(succeeded(breaker, probe)).toEqual(WELL);
  });

  it('is judged by that message alone while it is under way', () => {
    const { breaker } = begin(sick());
    expect(succeeded(breaker, false)).toBe(breaker);
    expect(trouble(breaker, 2_000)).toBe(breaker);
    expect(succeeded(sick(), false)).toEqual(sick());
    expect(trouble(sick(), 1_500)).toEqual(sick());
  });

  it('lets the next try when that message told nothing', () => {
    const { breaker, probe } = begin(sick());
    const next = abandoned(breaker, probe, 2_100);
    expect(restOf(next, 2_100)).toBeNull();
    expect(begin(next).probe).toBe(true);
    expect(abandoned(breaker, false, 2_100)).toBe(breaker);
  });

  it.each([
    [0, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 40_000, 40_000]],
    [0.999_999, [1_500, 3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 60_000]],
  ])('rests longer each time, up to a minute, with jitter (%f)', (random, rests) => {
    let breaker = [0, 250, 500, 750, 1_000].reduce((state, now) => trouble(state, now, { random }), WELL);
    let now = 1_000;
    for (const rest of rests) {
      const until = restOf(breaker, now)?.until ?? 0;
      expect(until - now).toBe(rest);
      now = until;
      breaker = probeFails(breaker, now, random);
    }
  });
});
