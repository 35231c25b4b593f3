import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/ground/errors.ts';
import { parseCron, parseTimeZone } from '../../src/schedule/cron.ts';

function problemOf(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a cron expression', () => {
  test('of a weekly newsletter', () => {
    const cron = parseCron(' 0  9 * * 1 ');
    expect(cron.expression).toBe('0 9 * * 1');
    expect(cron.times).toEqual([540]);
    expect(sorted(cron.daysOfWeek)).toEqual([1]);
    expect(sorted(cron.daysOfMonth)).toEqual(upTo(1, 31));
    expect(sorted(cron.months)).toEqual(upTo(1, 12));
  });

  test('lists, ranges and steps give ascending times of day, each once', () => {
    expect(parseCron('30,0,30 18,8-10/2 * * *').times).toEqual([480, 510, 600, 630, 1080, 1110]);
    expect(parseCron('*/25 0 * * *').times).toEqual([0, 25, 50]);
    expect(parseCron('* * * * *').times).toEqual(upTo(0, 1439));
  });

  test.each([
    ['0 0 1 jan,DEC *', [1, 12]],
    ['0 0 1 MAR-May *', [3, 4, 5]],
    ['0 0 1 */4 *', [1, 5, 9]],
  ])('months of %s', (expression, months) => {
    expect(sorted(parseCron(expression).months)).toEqual(months);
  });

  test.each([
    ['0 0 * * 0', [0]],
    ['0 0 * * 7', [0]],
    ['0 0 * * 0-7', [0, 1, 2, 3, 4, 5, 6]],
    ['0 0 * * 5-7', [0, 5, 6]],
    ['0 0 * * FRI-SUN', [0, 5, 6]],
    ['0 0 * * mon-fri/2', [1, 3, 5]],
    ['0 0 * * */2', [0, 2, 4, 6]],
  ])('days of week of %s', (expression, days) => {
    expect(sorted(parseCron(expression).daysOfWeek)).toEqual(days);
  });

  test('either day field may match only when neither begins with a star', () => {
    expect(parseCron('0 0 1 * 1').eitherDay).toBe(true);
    expect(parseCron('0 0 * * 1').eitherDay).toBe(false);
    expect(parseCron('0 0 1 * *').eitherDay).toBe(false);
    expect(parseCron('0 0 */2 * 1').eitherDay).toBe(false);
  });

  test.each([
    ['', 'does not have five fields'],
    ['@weekly', 'does not have five fields'],
    ['0 9 * *', 'does not have five fields'],
    ['0 0 9 * * 1', 'does not have five fields'],
    ['60 9 * * 1', 'The minute field of the schedule has "60", which is not a number from 0 to 59:'],
    ['1.5 9 * * 1', 'minute field of the schedule has "1.5"'],
    ['0 24 * * 1', 'The hour field of the schedule has "24"'],
    ['0 x * * 1', 'The hour field of the schedule has "x"'],
    ['0 9 0 * 1', 'The day of month field of the schedule has "0"'],
    ['0 9 * 13 1', 'The month field of the schedule has "13"'],
    [
      '0 9 * * MOON',
      'The day of week field of the schedule has "MOON", which is not a number from 0 to 7 or a name',
    ],
    ['0 9 * * 8', 'The day of week field of the schedule has "8"'],
    ['0 22-4 * * *', 'The hour field of the schedule has the range "22-4", which runs backwards'],
    ['0 1-2-3 * * *', 'which is not a range of two values'],
    ['*/0 * * * *', 'has the step "0", which is not a number from 1 to 60'],
    ['*/90 * * * *', 'has the step "90", which is not a number from 1 to 60'],
    ['*/x * * * *', 'has the step "x"'],
    ['5/15 * * * *', 'has a step after the single value "5", where a range or * belongs'],
    ['1,,2 * * * *', 'minute field of the schedule has "" in its list'],
    ['0 9 * * 1/2/3', 'day of week field of the schedule has "1/2/3" in its list'],
    ['0 9 *-5 * 1', 'day of month field of the schedule has "*"'],
    [`${'0,'.repeat(400)}0 9 * * 1`, 'longer than 500 characters'],
  ])('%j is refused with a sentence that says why', (expression, why) => {
    const problem = problemOf(() => parseCron(expression));
    expect(problem.kind).toBe('bad_input');
    expect(problem.message).toContain(why);
    expect(problem.message).toMatch(/: (write for example .+|"0 9 \* \* 1" is every Monday at 09:00)\.$/);
  });

  test('a refusal repeats what was typed shortened and without control characters', () => {
    const { message } = problemOf(() => parseCron(`0 ${'\u001b[31m'.repeat(30)} * * 1`));
    expect(message).toContain('?[31m');
    expect(message).not.toContain('\u001b');
    expect(message.length).toBeLessThan(250);
  });
});

describe('a time zone', () => {
  test.each([
    ['europe/madrid', 'Europe/Madrid'],
    ['Australia/Lord_Howe', 'Australia/Lord_Howe'],
    ['utc', 'UTC'],
  ])('%s is %s', (given, name) => {
    expect(parseTimeZone(given)).toBe(name);
  });

  test.each([
    'Mars/X',
    '+02:00',
    '-05',
    '',
    'Europe',
    '2026-01-01T00:00Z',
    'Europe/Madrid\r\nX: y',
    'CET-1CEST',
  ])('%j is refused', (zone) => {
    const problem = problemOf(() => parseTimeZone(zone));
    expect(problem.kind).toBe('bad_input');
    expect(problem.message).toMatch(
      /^".*" is not a time zone .* such as Europe\/Madrid, America\/New_York or UTC\.$/,
    );
  });
});
