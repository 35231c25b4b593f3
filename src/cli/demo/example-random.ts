import { createHash } from 'node:crypto';

/** A source of numbers from 0 to below 1. */
export type Random = () => number;

/** Random numbers that are the same each time for the same seed (xorshift32): the demo looks alike everywhere. */
export function seededRandom(seed: string): Random {
  // Xorshift stays at zero for ever when it begins there.
  let state = createHash('sha256').update(seed).digest().readUInt32LE() || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
