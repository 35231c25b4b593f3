import { Problem } from '../ground/errors.ts';

/**
 * A moment that a person typed; without an offset it is of the time zone given, and a date alone is its first moment.
 * @throws Problem (`bad_input`) that names the option.
 */
export function momentOf(text: string, option: string, timeZone: string): Temporal.Instant {
  try {
    if (/Z$|[+-]\d{2}:?\d{2}$/i.test(text) && /T/i.test(text)) return Temporal.Instant.from(text);
    return Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).toInstant();
  } catch {
    throw new Problem(
      'bad_input',
      `${option} "${text.slice(0, 100)}" is no moment in time. Write it like 2026-11-23 or 2026-11-23T09:00:00Z.`,
    );
  }
}
