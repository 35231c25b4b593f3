import { monthOf, zoneMinutes } from './date-words.ts';

interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}
interface Time {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

const MIDNIGHT: Time = { hour: 0, minute: 0, second: 0, millisecond: 0 };
const ISO =
  /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?|(\d{2})(\d{2}))?(?:(?:T|\s+)(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?)?\s*(\S.*)?$/i;
const CLOCK = /(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?![\d:])(?:\s*([ap])\.?m\b\.?)?/i;
const OFFSET = /^(?:GMT|UTC)?\s*([+\-\u2212])(\d{1,2}):?(\d{2})?$/i;

/** Offsets beyond those of any place on Earth (−12 to +14 h) are mistakes of the feed, and count as UTC. */
function offsetMinutes(zone: string): number | null {
  const match = OFFSET.exec(zone);
  if (!match) return null;
  const [hours, minutes] = [Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 23 || minutes > 59) return null;
  const total = (hours * 60 + minutes) * (match[1] === '+' ? 1 : -1);
  return total > 14 * 60 || total < -12 * 60 ? 0 : total;
}

/** An unknown abbreviation is read as UTC (RFC 2822, section 4.3): hours off, but the right day's news. */
function instantIn(zone: string, wall: Temporal.PlainDateTime): Temporal.Instant | null {
  if (zone === '') return wall.toZonedDateTime('UTC').toInstant();
  const minutes = offsetMinutes(zone) ?? zoneMinutes(zone);
  if (minutes !== null) return wall.toZonedDateTime('UTC').toInstant().subtract({ minutes });
  if (/^[A-Z]{1,5}$/i.test(zone)) return wall.toZonedDateTime('UTC').toInstant();
  return /^[A-Z]+(\/[A-Z_+\-\d]+)+$/i.test(zone) ? wall.toZonedDateTime(zone).toInstant() : null;
}

function build(date: Wall, time: Time, zone: string): string | null {
  if (date.year < 1900 || date.year > 2200) return null;
  const nextDay = time.hour === 24 && time.minute === 0 && time.second === 0;
  try {
    const wall = Temporal.PlainDateTime.from(
      { ...date, ...time, hour: nextDay ? 0 : time.hour, second: time.second === 60 ? 59 : time.second },
      { overflow: 'reject' },
    ).add({ days: nextDay ? 1 : 0 });
    return instantIn(zone, wall)?.toString() ?? null;
  } catch {
    return null; // 31 February, 25 o'clock, a zone that no place has
  }
}

const timeOf = (
  hour: string,
  minute: string,
  second: string | undefined,
  fraction: string | undefined,
): Time => ({
  hour: Number(hour),
  minute: Number(minute),
  second: Number(second ?? 0),
  millisecond: Math.floor(Number(`0.${fraction ?? 0}`) * 1000),
});

function readIso(text: string): string | null {
  const match = ISO.exec(text);
  if (!match) return null;
  const [, year, month, day, compactMonth, compactDay, hour, minute, second, fraction, zone] = match;
  const date = {
    year: Number(year),
    month: Number(month ?? compactMonth ?? 1),
    day: Number(day ?? compactDay ?? 1),
  };
  if (hour === undefined || minute === undefined)
    return zone === undefined ? build(date, MIDNIGHT, '') : null;
  return build(date, timeOf(hour, minute, second, fraction), (zone ?? '').replace(/\s*\(.*\)$/, ''));
}

const fullYear = (digits: string): number =>
  digits.length === 2 ? Number(digits) + (Number(digits) < 70 ? 2000 : 1900) : Number(digits);

/** `9 Dec 2016`, `October 6, 2023`, `Thu Nov 12 2020`: the last month named counts, since `mar.` is also a French Tuesday. */
function readWords(text: string): Wall | null {
  const words = text.split(/[\s,.\-–]+/).filter((word) => word !== '');
  const month = words.map(monthOf).findLast((found) => found !== null);
  const numbers = words
    .map((word) => /^(\d+)(?:st|nd|rd|th|er|º)?$/i.exec(word)?.[1] ?? null)
    .filter((n) => n !== null);
  const [first, second, ...more] = numbers;
  const understood = words.every((word) => /^\d+(st|nd|rd|th|er|º)?$/i.test(word) || /^\p{L}+$/u.test(word));
  if (!month || !first || !second || more.length > 0 || !understood) return null;
  return first.length === 4
    ? { year: Number(first), month, day: Number(second) }
    : { year: fullYear(second), month, day: Number(first) };
}

/** `03/30/2020` as Americans write it (unless the first number can be no month), `30.10.23` as Europeans do. */
function readNumbers(text: string): Wall | null {
  const match = /^(?:\p{L}+[.,]*\s+)?(\d{1,4})([/.-])(\d{1,2})\2(\d{4}|\d{2})$/u.exec(text);
  if (!match) return null;
  const [a, separator, b, c] = [match[1] ?? '', match[2], match[3] ?? '', match[4] ?? ''];
  if (a.length === 4 || separator === '-') return { year: fullYear(a), month: Number(b), day: Number(c) };
  const dayFirst = separator === '.' || Number(a) > 12;
  return { year: fullYear(c), month: Number(dayFirst ? b : a), day: Number(dayFirst ? a : b) };
}

function readLoose(text: string): string | null {
  const clock = CLOCK.exec(text);
  const before = (clock ? text.slice(0, clock.index) : text).replace(/[\s,\-–]+$/, '');
  const after = clock ? text.slice(clock.index + clock[0].length).trim() : '';
  // Some put the year last: Thu Aug 30 17:26:16 2012, with the zone on either side of it.
  const year = /(?<!\d)\d{4}$/.test(before) ? null : /(?<![\d:+-])\d{4}(?!\d)/.exec(after);
  const zone = year ? after.replace(year[0], '').trim() : after;
  const day = year ? `${before} ${year[0]}` : before;
  const date = readWords(day) ?? readNumbers(day);
  if (!date) return null;
  if (!clock) return build(date, MIDNIGHT, '');
  const time = timeOf(clock[1] ?? '', clock[2] ?? '', clock[3], clock[4]);
  const half = clock[5]?.toLowerCase();
  const hour = half === undefined ? time.hour : (time.hour % 12) + (half === 'p' ? 12 : 0);
  return build(date, { ...time, hour }, zone);
}

/**
 * Reads a date as feeds write it: RFC 822 and ISO 8601 (and RFC 3339) with their usual mistakes, month names of a dozen
 * languages, zone names. A date without a zone is read as UTC.
 * @returns an ISO instant, or null when it cannot be read.
 */
export function readDate(raw: string): string | null {
  if (raw.length > 200) return null;
  const text = raw.replace(/\s+/g, ' ').trim();
  return readIso(text) ?? readLoose(text.replace(/\s*\([^)]*\)$/, ''));
}
