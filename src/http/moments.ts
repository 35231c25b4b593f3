import type { Moment } from './pages.ts';

/** A day, in the zone where it is told. */
export function dayOf(instant: Temporal.Instant, timeZone: string): Moment {
  const text = instant.toZonedDateTimeISO(timeZone).toLocaleString('en-GB', { dateStyle: 'long' });
  return { iso: instant.toString(), text };
}

/** Day and time to the second, in the zone of the machine. */
export function timeOf(instant: Temporal.Instant): Moment {
  const local = instant.toZonedDateTimeISO(Temporal.Now.timeZoneId());
  return {
    iso: instant.toString({ smallestUnit: 'second' }),
    text: local.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }),
  };
}

/** A number of bytes as people say it. */
export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'KB'] : [bytes / 1_000_000, 'MB'];
  return `${value.toLocaleString('en', { maximumSignificantDigits: value < 10 ? 2 : 3 })} ${unit}`;
}
