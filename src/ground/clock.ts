/** Where the time of day comes from. Passed in, so that a test can stand anywhere in time. */
export interface Clock {
  now(): Temporal.Instant;
}

export const systemClock: Clock = { now: () => Temporal.Now.instant() };

/** A clock that stands still at an ISO instant, for tests and previews. */
export function fixedClock(iso: string): Clock {
  const instant = Temporal.Instant.from(iso);
  return { now: () => instant };
}

/** A JavaScript Date of the same moment, for libraries that know no Temporal. */
export function toDate(instant: Temporal.Instant): Date {
  return new Date(instant.epochMilliseconds);
}
