import type { RelayTrouble } from './types.ts';

/** Why a relay rests. */
export interface Cause {
  readonly word: RelayTrouble;
  readonly detail: string;
}

/**
 * Whether a relay may be used (circuit breaker):
 * - `well`: with the row of troubles since the last success;
 * - `resting`: nobody goes near it until `until` (epoch ms); `rests` counts the rests in a row;
 * - `probing`: its rest is over, and one message tries it.
 */
export type Breaker =
  | { readonly phase: 'well'; readonly troubles: number; readonly since: number }
  | { readonly phase: 'resting'; readonly until: number; readonly rests: number; readonly cause: Cause }
  | { readonly phase: 'probing'; readonly rests: number; readonly cause: Cause };

/** When a relay is taken for sick, and how long it rests; milliseconds. */
export interface BreakerLimits {
  /** Troubles in a row … */
  readonly troubles: number;
  /** … over at least so long: one burst of failures in a second of network trouble is no verdict. */
  readonly overMs: number;
  readonly firstRestMs: number;
  readonly longestRestMs: number;
}

export const BREAKER_LIMITS: BreakerLimits = {
  troubles: 5,
  overMs: 1_000,
  firstRestMs: 1_000,
  longestRestMs: 60_000,
};

export const WELL: Breaker = { phase: 'well', troubles: 0, since: 0 };

/** How long others wait while one message tries a relay that has rested. */
const PROBE_MS = 1_000;

/** Until when (epoch ms) nobody may use the relay, and why; null when a message may be tried now. */
export function restOf(
  breaker: Breaker,
  now: number,
): { readonly until: number; readonly cause: Cause } | null {
  if (breaker.phase === 'well') return null;
  if (breaker.phase === 'probing') return { until: now + PROBE_MS, cause: breaker.cause };
  return now < breaker.until ? { until: breaker.until, cause: breaker.cause } : null;
}

/** A message is tried, {@link restOf} being null; `probe` marks the one that tries a relay after its rest. */
export function begin(breaker: Breaker): { readonly breaker: Breaker; readonly probe: boolean } {
  if (breaker.phase !== 'resting') return { breaker, probe: false };
  return { breaker: { phase: 'probing', rests: breaker.rests, cause: breaker.cause }, probe: true };
}

/** The relay answered. A late answer to a message begun before the rest does not end the rest: the probe does. */
export function succeeded(breaker: Breaker, probe: boolean): Breaker {
  return breaker.phase === 'well' || probe ? WELL : breaker;
}

/** What surrounds a trouble. */
interface Context {
  /** Epoch ms; `began` is when the try began: one that waited 30 s in vain was in trouble for 30 s. */
  readonly now: number;
  readonly began: number;
  readonly probe: boolean;
  /** In [0, 1), for the jitter that keeps processes from coming back together. */
  readonly random: number;
  readonly limits: BreakerLimits;
}

/** The relay was in trouble. */
export function troubled(breaker: Breaker, cause: Cause, context: Context): Breaker {
  const { now, limits } = context;
  if (breaker.phase === 'resting') return breaker;
  if (breaker.phase === 'probing') return context.probe ? rest(breaker.rests + 1, cause, context) : breaker;
  const troubles = breaker.troubles + 1;
  const since = breaker.troubles === 0 ? context.began : Math.min(breaker.since, context.began);
  // Wrong credentials do not heal by trying, and many servers lock an account that tries.
  const sick = cause.word === 'credentials' || (troubles >= limits.troubles && now - since >= limits.overMs);
  return sick ? rest(1, cause, context) : { phase: 'well', troubles, since };
}

/** The probe ended without an answer about the relay (nothing was tried): the next message is the probe. */
export function abandoned(breaker: Breaker, probe: boolean, now: number): Breaker {
  if (!probe || breaker.phase !== 'probing') return breaker;
  return { phase: 'resting', until: now, rests: breaker.rests, cause: breaker.cause };
}

/** The rest doubles each time and is stretched by up to half, `longestRestMs` at most. */
function rest(rests: number, cause: Cause, context: Context): Breaker {
  const { firstRestMs, longestRestMs } = context.limits;
  const base = Math.min(firstRestMs * 2 ** Math.min(rests - 1, 30), longestRestMs / 1.5);
  return { phase: 'resting', until: Math.round(context.now + base * (1 + context.random / 2)), rests, cause };
}
