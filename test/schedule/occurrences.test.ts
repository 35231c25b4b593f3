import { describe, expect, test } from 'vitest';
import { parseCron } from '../../src/schedule/cron.ts';
import { countBetween, nextOccurrence, previousOccurrence } from '../../src/schedule/occurrences.ts';

const at = (iso: string) => Temporal.Instant.from(iso);

/** The next few occurrences as local times with their offsets: `2026-03-29T03:30+02:00`. */
function following(expression: string, zone: string, after: string, count: number): string[] {
  const found: string[] = [];
  let instant = at(after);
  while (found.length < count) {
    const next = nextOccurrence(parseCron(expression), zone, instant);
    if (next === null) break;
    found.push(local(next, zone));
    instant = next;
  }
  return found;
}

function local(instant: Temporal.Instant | null, zone: string): string {
  return (
    instant?.toZonedDateTimeISO(zone).toString({ smallestUnit: 'minute', timeZoneName: 'never' }) ?? 'none'
  );
}

function preceding(expression: string, zone: string, atOrBefore: string): string {
  return local(previousOccurrence(parseCron(expression), zone, at(atOrBefore)), zone);
}

describe('the next occurrence', () => {
  test('is strictly after, the previous one at or before', () => {
    expect(following('0 9 * * 1', 'UTC', '2026-06-01T09:00:00Z', 1)).toEqual(['2026-06-08T09:00+00:00']);
    expect(following('0 9 * * 1', 'UTC', '2026-06-01T08:59:59.999Z', 1)).toEqual(['2026-06-01T09:00+00:00']);
    expect(preceding('0 9 * * 1', 'UTC', '2026-06-01T09:00:00Z')).toBe('2026-06-01T09:00+00:00');
    expect(preceding('0 9 * * 1', 'UTC', '2026-06-01T08:59:59.999Z')).toBe('2026-05-25T09:00+00:00');
  });

  test.each([
    ['Europe/Madrid', '2026-06-01T09:00+02:00'],
    ['America/New_York', '2026-06-01T09:00-04:00'],
    ['Asia/Kathmandu', '2026-06-01T09:00+05:45'],
    ['Pacific/Kiritimati', '2026-06-01T09:00+14:00'],
  ])('stands on the local clock of %s', (zone, expected) => {
    expect(following('0 9 * * MON', zone, '2026-05-30T12:00:00Z', 1)).toEqual([expected]);
  });

  test('stays at nine when summer time begins and ends', () => {
    expect(following('0 9 * * 1', 'Europe/Madrid', '2026-03-20T00:00:00Z', 2)).toEqual([
      '2026-03-23T09:00+01:00',
      '2026-03-30T09:00+02:00',
    ]);
    expect(following('0 9 * * 1', 'America/New_York', '2026-10-30T00:00:00Z', 1)).toEqual([
      '2026-11-02T09:00-05:00',
    ]);
  });

  test('a local time that spring skips comes once, as far after the gap', () => {
    expect(following('30 2 * * *', 'Europe/Madrid', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T02:30+01:00',
      '2026-03-29T03:30+02:00',
      '2026-03-30T02:30+02:00',
    ]);
    expect(preceding('30 2 * * *', 'Europe/Madrid', '2026-03-29T02:00:00Z')).toBe('2026-03-29T03:30+02:00');
    expect(following('0,30 2,3 * * *', 'Europe/Madrid', '2026-03-28T12:00:00Z', 3)).toEqual([
      '2026-03-29T03:00+02:00',
      '2026-03-29T03:30+02:00',
      '2026-03-30T02:00+02:00',
    ]);
  });

  test('a local time that autumn repeats comes once, the first time', () => {
    expect(following('30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z', 2)).toEqual([
      '2026-11-01T01:30-04:00',
      '2026-11-02T01:30-05:00',
    ]);
    expect(preceding('30 1 * * *', 'America/New_York', '2026-11-01T06:45:00Z')).toBe(
      '2026-11-01T01:30-04:00',
    );
  });

  test("Lord Howe's gap of half an hour lets a later time overtake", () => {
    expect(following('10,35 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z', 3)).toEqual([
      '2026-10-04T02:35+11:00',
      '2026-10-04T02:40+11:00',
      '2026-10-05T02:10+11:00',
    ]);
    expect(following('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00:00Z', 2)).toEqual([
      '2026-04-05T01:45+11:00',
      '2026-04-06T01:45+10:30',
    ]);
  });

  test('a gap that ends at midnight sends a time into the next day', () => {
    const expression = '0,45 0,23 * * *';
    expect(following(expression, 'America/Nuuk', '2026-03-28T12:00:00Z', 3)).toEqual([
      '2026-03-29T00:00-01:00',
      '2026-03-29T00:45-01:00',
      '2026-03-29T23:00-01:00',
    ]);
    const saturday = parseCron('45 23 * * SAT');
    expect(local(nextOccurrence(saturday, 'America/Nuuk', at('2026-03-29T01:20:00Z')), 'America/Nuuk')).toBe(
      '2026-03-29T00:45-01:00',
    );
    expect(preceding('45 23 * * SAT', 'America/Nuuk', '2026-03-29T02:00:00Z')).toBe('2026-03-29T00:45-01:00');
  });

  test('a time shifted over midnight is overtaken by one of the next day', () => {
    // On 4 May 2018 Pyongyang went from 23:30 to midnight.
    expect(following('10,50 0,23 * * *', 'Asia/Pyongyang', '2018-05-04T14:45:00Z', 4)).toEqual([
      '2018-05-05T00:10+09:00',
      '2018-05-05T00:20+09:00',
      '2018-05-05T00:50+09:00',
      '2018-05-05T23:10+09:00',
    ]);
  });

  test('a clock set back over midnight', () => {
    // Until 2011 Newfoundland went from 00:01 back to 23:01 of the day before.
    expect(preceding('0 0 * * *', 'America/St_Johns', '2010-11-07T03:00:00Z')).toBe('2010-11-07T00:00-02:30');
    expect(following('0 0 * * *', 'America/St_Johns', '2010-11-07T02:30:00Z', 1)).toEqual([
      '2010-11-08T00:00-03:30',
    ]);
  });

  test('a day that a zone left out altogether', () => {
    expect(following('0 10 * * *', 'Pacific/Apia', '2011-12-29T12:00:00Z', 3)).toEqual([
      '2011-12-29T10:00-10:00',
      '2011-12-31T10:00+14:00',
      '2012-01-01T10:00+14:00',
    ]);
  });

  test('over the end of the year', () => {
    expect(following('0 9 1 1 *', 'Asia/Tokyo', '2026-12-31T23:59:00Z', 2)).toEqual([
      '2027-01-01T09:00+09:00',
      '2028-01-01T09:00+09:00',
    ]);
    expect(preceding('59 23 31 12 *', 'America/New_York', '2027-01-01T04:59:00Z')).toBe(
      '2026-12-31T23:59-05:00',
    );
  });

  test('on the first of the month or a Monday, whichever comes', () => {
    expect(following('0 9 1 * 1', 'UTC', '2026-08-25T00:00:00Z', 3)).toEqual([
      '2026-08-31T09:00+00:00',
      '2026-09-01T09:00+00:00',
      '2026-09-07T09:00+00:00',
    ]);
    expect(following('0 9 */10 * 1', 'UTC', '2026-08-25T00:00:00Z', 2)).toEqual([
      '2026-08-31T09:00+00:00',
      '2026-09-21T09:00+00:00',
    ]);
  });

  test('29 February, even over 2100, and never 30 February', () => {
    expect(following('0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', 1)).toEqual(['2028-02-29T00:00+00:00']);
    expect(following('0 0 29 2 *', 'UTC', '2096-02-29T00:00:00Z', 1)).toEqual(['2104-02-29T00:00+00:00']);
    expect(preceding('0 0 29 2 *', 'UTC', '2104-02-28T23:59:00Z')).toBe('2096-02-29T00:00+00:00');
    expect(nextOccurrence(parseCron('0 0 30 2 *'), 'UTC', at('2026-01-01T00:00:00Z'))).toBeNull();
    expect(previousOccurrence(parseCron('0 0 30 2 *'), 'UTC', at('2026-01-01T00:00:00Z'))).toBeNull();
  });
});

/** Every minute of local time, one by one, through Temporal's own "compatible" rule. */
function minuteByMinute(
  zone: string,
  from: string,
  days: number,
  matches: (t: Temporal.PlainDateTime) => boolean,
) {
  const found = new Set<number>();
  let time = Temporal.PlainDateTime.from(from);
  for (let minute = 0; minute < days * 1440; minute += 1, time = time.add({ minutes: 1 }))
    if (matches(time))
      found.add(time.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds);
  return [...found].sort((a, b) => a - b);
}

describe('against a slow reference', () => {
  const spring = '2026-03-16T00:00';
  test.each([
    ['*/7 * * * *', 'Europe/Madrid', '2026-03-26T00:00', (t: Temporal.PlainDateTime) => t.minute % 7 === 0],
    ['*/7 * * * *', 'Europe/Madrid', '2026-10-22T00:00', (t: Temporal.PlainDateTime) => t.minute % 7 === 0],
    [
      '5-55/10 1-3 * * SUN,3',
      'America/New_York',
      '2026-03-01T00:00',
      (t: Temporal.PlainDateTime) =>
        t.minute % 10 === 5 && t.hour >= 1 && t.hour <= 3 && (t.dayOfWeek === 7 || t.dayOfWeek === 3),
    ],
    [
      '1,20,40,59 0-2,23 * * *',
      'Australia/Lord_Howe',
      '2026-09-28T00:00',
      (t: Temporal.PlainDateTime) => [1, 20, 40, 59].includes(t.minute) && [0, 1, 2, 23].includes(t.hour),
    ],
    [
      '*/13 22-23 * * *',
      'America/Nuuk',
      spring,
      (t: Temporal.PlainDateTime) => t.minute % 13 === 0 && t.hour >= 22,
    ],
    [
      '0,45 0,23 * * *',
      'America/Nuuk',
      spring,
      (t: Temporal.PlainDateTime) => (t.minute === 0 || t.minute === 45) && (t.hour === 0 || t.hour === 23),
    ],
    [
      '10,50 0,23 * * *',
      'Asia/Pyongyang',
      '2018-04-28T00:00',
      (t: Temporal.PlainDateTime) => (t.minute === 10 || t.minute === 50) && (t.hour === 0 || t.hour === 23),
    ],
    [
      '17 23 28 3 MON',
      'America/Nuuk',
      spring,
      (t: Temporal.PlainDateTime) =>
        t.minute === 17 && t.hour === 23 && t.month === 3 && (t.day === 28 || t.dayOfWeek === 1),
    ],
    [
      '0 */5 * 12,1 *',
      'Asia/Kolkata',
      '2026-12-22T00:00',
      (t: Temporal.PlainDateTime) => t.minute === 0 && t.hour % 5 === 0,
    ],
    [
      '30 0 * * *',
      'Africa/Cairo',
      '2026-04-15T00:00',
      (t: Temporal.PlainDateTime) => t.minute === 30 && t.hour === 0,
    ],
  ])('%s in %s from %s', (expression, zone, from, matches) => {
    const cron = parseCron(expression);
    const days = 18;
    const expected = minuteByMinute(zone, from, days, matches);
    expect(expected.length).toBeGreaterThan(2);

    const forward: number[] = [];
    const start = Temporal.Instant.fromEpochMilliseconds((expected[0] ?? 0) - 1);
    for (let next = nextOccurrence(cron, zone, start); forward.length < expected.length - 1; ) {
      if (next === null) break;
      forward.push(next.epochMilliseconds);
      next = nextOccurrence(cron, zone, next);
    }
    expect(forward).toEqual(expected.slice(0, -1));

    for (let index = 1; index < expected.length; index += 1) {
      const [before, here] = [expected[index - 1] ?? 0, expected[index] ?? 0];
      const justBefore = Temporal.Instant.fromEpochMilliseconds(here - 1);
      expect(previousOccurrence(cron, zone, justBefore)?.epochMilliseconds).toBe(before);
    }
    const end = Temporal.Instant.fromEpochMilliseconds(expected.at(-1) ?? 0);
    expect(countBetween(cron, zone, start, end)).toBe(expected.length - 1);
  });
});
