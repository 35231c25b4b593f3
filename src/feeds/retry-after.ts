const WEEK = 7 * 24 * 3600;

/**
 * How many seconds a `Retry-After` header asks for (RFC 9110, section 10.2.3: seconds or a date), at most a week.
 * @returns null when it is absent, in the past or nonsense.
 */
export function retryAfter(value: string | null, now: Temporal.Instant): number | null {
  if (value === null) return null;
  const seconds = /^\s*\d{1,12}\s*$/.test(value)
    ? Number(value)
    : Math.ceil((Date.parse(value) - now.epochMilliseconds) / 1000);
  return seconds > 0 ? Math.min(seconds, WEEK) : null;
}
