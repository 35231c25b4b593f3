/** Messages may come this much early, milliseconds: a timer that fires late costs no throughput. */
const SLACK_MS = 100;

/**
 * Paces messages (token bucket, as its equivalent "generic cell rate"): each call takes a turn.
 * @param perSecond messages per second, above 0.
 * @returns a function of now (epoch ms) that says how many milliseconds to wait for the turn.
 */
export function createPace(perSecond: number): (now: number) => number {
  const everyMs = 1_000 / perSecond;
  let next = 0;
  return (now) => {
    const turn = Math.max(next, now - SLACK_MS);
    next = turn + everyMs;
    return Math.max(0, turn - now);
  };
}
