import type { Cron } from './cron.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Far enough for 29 February across a year like 2100, which has none. */
const SEARCH_YEARS = 8;

const ascending = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);

/** The local day that an instant falls on. */
function dayOf(instant: Temporal.Instant, zone: string): Temporal.PlainDate {
  return instant.toZonedDateTimeISO(zone).toPlainDate();
}

function matchesDay(cron: Cron, date: Temporal.PlainDate): boolean {
  if (!cron.months.has(date.month)) return false;
  const byMonth = cron.daysOfMonth.has(date.day);
  const byWeek = cron.daysOfWeek.has(date.dayOfWeek % 7);
  return cron.eitherDay ? byMonth || byWeek : byMonth && byWeek;
}

/** The day after (+1) or before (-1); from a month that the expression does not name, over its whole rest at once. */
function stepDay(cron: Cron, date: Temporal.PlainDate, step: 1 | -1): Temporal.PlainDate {
  if (cron.months.has(date.month)) return date.add({ days: step });
  return step === 1 ? date.with({ day: 1 }).add({ months: 1 }) : date.with({ day: 1 }).subtract({ days: 1 });
}

/**
 * The occurrences whose local time stands on a day, as epoch milliseconds, ascending, each once.
 * A time that the clocks skip counts as far after the gap as it stood in it ("compatible", RFC 5545 3.3.5), so it may
 * fall together with another, overtake it, or even land on the next day; of a time that comes twice, the first counts.
 */
function occurrencesOf(cron: Cron, zone: string, date: Temporal.PlainDate): number[] {
  if (!matchesDay(cron, date)) return [];
  const start = date.toZonedDateTime(zone).epochMilliseconds;
  const end = date.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  if (end - start === DAY_MS) return cron.times.map((time) => start + time * MINUTE_MS);
  const midnight = date.toPlainDateTime();
  const shifted = cron.times.map(
    (time) => midnight.add({ minutes: time }).toZonedDateTime(zone).epochMilliseconds,
  );
  return ascending(new Set(shifted));
}

/**
 * The nearest occurrence that is `wanted`, going day by day from `from`. The day after the first find is looked at too,
 * since a time shifted over midnight by a gap may lie beyond the next day's first.
 */
function search(
  cron: Cron,
  zone: string,
  from: Temporal.PlainDate,
  step: 1 | -1,
  wanted: (ms: number) => boolean,
): Temporal.Instant | null {
  const last = from.add({ years: SEARCH_YEARS * step, days: 2 * step });
  const nearest = step === 1 ? Math.min : Math.max;
  for (
    let date = from;
    Temporal.PlainDate.compare(date, last) * step <= 0;
    date = stepDay(cron, date, step)
  ) {
    const found = occurrencesOf(cron, zone, date).filter(wanted);
    if (found.length === 0) continue;
    const beyond = occurrencesOf(cron, zone, date.add({ days: step })).filter(wanted);
    return Temporal.Instant.fromEpochMilliseconds([...found, ...beyond].reduce((a, b) => nearest(a, b)));
  }
  return null;
}

/**
 * The first occurrence of a schedule strictly after an instant, in the local time of a zone (IANA name).
 * @returns null when the next eight years have none, as for 30 February.
 */
export function nextOccurrence(cron: Cron, zone: string, after: Temporal.Instant): Temporal.Instant | null {
  const floor = after.epochMilliseconds;
  // A skipped time of the day before may still lie ahead.
  return search(cron, zone, dayOf(after, zone).subtract({ days: 1 }), 1, (ms) => ms > floor);
}

/**
 * The last occurrence of a schedule at or before an instant, in the local time of a zone (IANA name).
 * @returns null when the eight years before have none.
 */
export function previousOccurrence(
  cron: Cron,
  zone: string,
  atOrBefore: Temporal.Instant,
): Temporal.Instant | null {
  const ceiling = atOrBefore.epochMilliseconds;
  // Where clocks are set back over midnight, the next day's first minutes may lie behind.
  return search(cron, zone, dayOf(atOrBefore, zone).add({ days: 1 }), -1, (ms) => ms <= ceiling);
}

/** How many occurrences lie after one instant and before another, both excluded. */
export function countBetween(
  cron: Cron,
  zone: string,
  after: Temporal.Instant,
  before: Temporal.Instant,
): number {
  const [floor, ceiling] = [after.epochMilliseconds, before.epochMilliseconds];
  const last = dayOf(before, zone).add({ days: 1 });
  let count = 0;
  let yesterday = new Set<number>();
  let date = dayOf(after, zone).subtract({ days: 1 });
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = stepDay(cron, date, 1)) {
    const today = occurrencesOf(cron, zone, date).filter((ms) => ms > floor && ms < ceiling);
    count += today.filter((ms) => !yesterday.has(ms)).length;
    yesterday = new Set(today);
  }
  return count;
}
