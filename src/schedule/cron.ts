import { Problem } from '../ground/errors.ts';

/** A cron expression, read: which local times of which local days it names. */
export interface Cron {
  readonly expression: string;
  /** Minutes after midnight, ascending: 540 is 09:00. */
  readonly times: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  /** 0 is Sunday, 6 Saturday. */
  readonly daysOfWeek: ReadonlySet<number>;
  /** True when both day fields are restricted: a day then matches by either of them, as in Vixie cron. */
  readonly eitherDay: boolean;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names in the order of their numbers, from `least`. */
  readonly names: readonly string[];
  readonly example: string;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const WEEKDAYS = 'sun mon tue wed thu fri sat'.split(' ');
const SUNDAY_AGAIN = 7;

const MINUTE: Field = { name: 'minute', least: 0, most: 59, names: [], example: '0, */15 or 0,30' };
const HOUR: Field = { name: 'hour', least: 0, most: 23, names: [], example: '9, 8-18 or */6' };
const DAY: Field = { name: 'day of month', least: 1, most: 31, names: [], example: '*, 1 or 1,15' };
const MONTH: Field = { name: 'month', least: 1, most: 12, names: MONTHS, example: '*, 1-6 or JAN' };
const WEEKDAY: Field = {
  name: 'day of week',
  least: 0,
  most: 7,
  names: WEEKDAYS,
  example: '*, 1 or MON-FRI',
};
const FIELDS = [MINUTE, HOUR, DAY, MONTH, WEEKDAY];

const WHOLE_EXAMPLE = '"0 9 * * 1" is every Monday at 09:00';
const LONGEST = 500;

/** What a person typed, short and printable enough to be said back to them. */
function quoted(text: string): string {
  const printable = text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
  return `"${printable.length > 40 ? `${printable.slice(0, 40)}…` : printable}"`;
}

function refuse(field: Field, why: string): never {
  throw new Problem(
    'bad_input',
    `The ${field.name} field of the schedule ${why}: write for example ${field.example}.`,
  );
}

function readNumber(field: Field, text: string): number {
  const named = field.names.indexOf(text.toLowerCase());
  if (named >= 0) return field.least + named;
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= field.least && value <= field.most) return value;
  const orName = field.names.length > 0 ? ` or a name such as ${field.names[1]?.toUpperCase()}` : '';
  return refuse(
    field,
    `has ${quoted(text)}, which is not a number from ${field.least} to ${field.most}${orName}`,
  );
}

function readRange(field: Field, text: string, stepped: boolean): { from: number; to: number } {
  if (text === '*') return { from: field.least, to: field === WEEKDAY ? WEEKDAYS.length - 1 : field.most };
  const [first = '', last, ...more] = text.split('-');
  if (more.length > 0) refuse(field, `has ${quoted(text)}, which is not a range of two values`);
  const from = readNumber(field, first);
  if (last === undefined) {
    if (stepped)
      refuse(field, `has a step after the single value ${quoted(text)}, where a range or * belongs`);
    return { from, to: from };
  }
  const end = readNumber(field, last);
  const to = field === WEEKDAY && end === 0 && from > 0 ? SUNDAY_AGAIN : end;
  if (to < from) refuse(field, `has the range ${quoted(text)}, which runs backwards`);
  return { from, to };
}

function readStep(field: Field, text: string): number {
  const widest = field === WEEKDAY ? WEEKDAYS.length : field.most - field.least + 1;
  const step = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (step < 1 || step > widest)
    refuse(field, `has the step ${quoted(text)}, which is not a number from 1 to ${widest}`);
  return step;
}

function readField(field: Field, text: string): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step, ...more] = part.split('/');
    if (range === '' || more.length > 0)
      refuse(field, `has ${quoted(part)} in its list, which is not a value, a range or a step`);
    const { from, to } = readRange(field, range, step !== undefined);
    const by = step === undefined ? 1 : readStep(field, step);
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values;
}

const ascending = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);

/**
 * Reads a five-field cron expression: minute, hour, day of month, month, day of week; lists, ranges, steps, English
 * names, Sunday as 0 or 7. Fields and the rule for the two day fields are those of Vixie cron, crontab(5): a day field
 * that begins with `*` leaves the choice to the other one, and when neither does, a day needs to match only one.
 * @throws Problem (`bad_input`) that says which field is wrong, why, and what would be right.
 */
export function parseCron(expression: string): Cron {
  if (expression.length > LONGEST)
    throw new Problem('bad_input', `The schedule is longer than ${LONGEST} characters: ${WHOLE_EXAMPLE}.`);
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) {
    const names = FIELDS.map((field) => field.name).join(', ');
    throw new Problem(
      'bad_input',
      `The schedule ${quoted(expression)} does not have five fields (${names}): ${WHOLE_EXAMPLE}.`,
    );
  }
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = texts;
  const minutes = ascending(readField(MINUTE, minute));
  const hours = ascending(readField(HOUR, hour));
  return {
    expression: texts.join(' '),
    times: hours.flatMap((h) => minutes.map((m) => h * 60 + m)),
    daysOfMonth: readField(DAY, day),
    months: readField(MONTH, month),
    daysOfWeek: new Set([...readField(WEEKDAY, weekday)].map((value) => value % SUNDAY_AGAIN)),
    eitherDay: !day.startsWith('*') && !weekday.startsWith('*'),
  };
}

/**
 * Reads the name of a time zone, in the spelling of the IANA database: `europe/madrid` gives `Europe/Madrid`.
 * A bare offset such as `+02:00` is refused: a newsletter for nine in the morning should stay at nine in winter.
 * @throws Problem (`bad_input`) when there is no such zone.
 */
export function parseTimeZone(zone: string): string {
  try {
    const name = new Temporal.ZonedDateTime(0n, zone).timeZoneId;
    if (/^[A-Za-z]/.test(name)) return name;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new Problem(
    'bad_input',
    `${quoted(zone)} is not a time zone that is known here: use a name such as Europe/Madrid, America/New_York or UTC.`,
  );
}
