import type { Cron } from './cron.ts';
import { countBetween, previousOccurrence } from './occurrences.ts';

/** A time at which an edition is to be made, now. */
export interface DueSlot {
  readonly slot: Temporal.Instant;
  /** Older times that went by without an edition; the window of this one covers them. */
  readonly missed: number;
  /** `catch_up` when the slot was already some minutes old: nobody was there to see it come. */
  readonly kind: 'on_time' | 'catch_up';
}

/** A tick comes each minute, so a running scheduler is never this late. */
const ON_TIME_MS = 5 * 60_000;

/**
 * The newest time of a schedule that has come and has no edition yet: after the last slot that got one, or after the
 * newsletter's beginning, and not after `now`. Of several, only the newest is made; the older ones are counted.
 * @param options.timeZone an IANA name, as from `parseTimeZone`.
 * @returns null when nothing is due.
 */
export function dueSlot(options: {
  schedule: Cron;
  timeZone: string;
  lastSlot: Temporal.Instant | null;
  createdAt: Temporal.Instant;
  now: Temporal.Instant;
}): DueSlot | null {
  const { schedule, timeZone, createdAt, now } = options;
  const since = options.lastSlot ?? createdAt;
  const slot = previousOccurrence(schedule, timeZone, now);
  if (slot === null || Temporal.Instant.compare(slot, since) <= 0) return null;
  const late = now.epochMilliseconds - slot.epochMilliseconds;
  return {
    slot,
    missed: countBetween(schedule, timeZone, since, slot),
    kind: late <= ON_TIME_MS ? 'on_time' : 'catch_up',
  };
}
