import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { csvLine, guardCell, unguardCell } from '../../src/subscribers/csv-cells.ts';
import { findColumns, readRow } from '../../src/subscribers/csv-columns.ts';
import { foldRows } from '../../src/subscribers/fold-rows.ts';

describe('cells', () => {
  test.each(['=1+1', '+49 30', '-5', '@SUM(A1)', ' =cmd|x', '\t=1', '＝1+1', "'=1", "'quoted'"])(
    'guards %j, and undoes it',
    (cell) => {
      expect(guardCell(cell)).toBe(`'${cell}`);
      expect(unguardCell(guardCell(cell))).toBe(cell);
    },
  );

  test.each(['Ann', 'a=b', '3-4', '', 'ann@example.com'])('leaves %j as it is', (cell) => {
    expect(guardCell(cell)).toBe(cell);
    expect(unguardCell(cell)).toBe(cell);
  });

  test('a foreign apostrophe stays', () => {
    expect(unguardCell("'90s fan")).toBe("'90s fan");
  });

  test('a line can be read back', () => {
    const cells = ['a,b', 'say "hi"', 'two\r\nlines', ' padded ', 'a;b', ''];
    expect(parse(csvLine(cells))).toEqual([cells]);
  });
});

function rowOf(header: string, row: string) {
  const columns = findColumns(header.split(','));
  return columns === null ? null : readRow(columns, row.split(','));
}

describe('rows', () => {
  test.each([
    'email',
    'E-Mail',
    'Email Address',
    'EMAIL_ADDRESS',
    'e-mail address:',
    ' "Email" ',
    'Ｅｍａｉｌ',
  ])('finds the address under %j', (title) => {
    expect(rowOf(`id,${title}`, '7,Ann@example.com')).toMatchObject({
      email: 'Ann@example.com',
      key: 'ann@example.com',
    });
  });

  test.each(['name,phone', '', 'email_opt_in', 'ann@example.com,Ann'])('finds none in %j', (header) => {
    expect(findColumns(header.split(','))).toBeNull();
  });

  test('takes a whole person', () => {
    const header = 'First Name,last_name,E-mail,Time Zone,Topics,Language';
    expect(rowOf(header, ' Ann , Lee ,ann@example.com,europe/madrid,defi; law |defi,PT_br')).toMatchObject({
      name: 'Ann Lee',
      timeZone: 'Europe/Madrid',
      topics: ['defi', 'law'],
      locale: 'pt-BR',
      strange: {},
    });
  });

  test('a formula is a name like any other', () => {
    expect(rowOf('email,name', 'ann@example.com,=HYPERLINK("x")')).toMatchObject({ name: '=HYPERLINK("x")' });
  });

  test('what cannot be understood beside the address is left out and told', () => {
    expect(rowOf('email,tz,lang', 'ann@example.com,Mars/X,!')).toMatchObject({
      timeZone: null,
      locale: null,
      strange: { timeZone: 'Mars/X', language: '!' },
    });
  });

  test.each([
    ['email,status', 'a@example.com,Unsubscribed', 'state is "Unsubscribed"'],
    ['email,state', 'a@example.com,non-subscribed', 'state is'],
    ['email,UNSUB_TIME', 'a@example.com,2020-01-02 10:00:00', 'under UNSUB_TIME'],
    ['email,email_disabled', 'a@example.com,true', 'under email_disabled'],
    ['email,name', 'a@example.com,Ann,Lee', '3 cells'],
    ['email,name', '"a@example.com', 'address cannot be used'],
    ['email,name', '', 'it is empty'],
  ])('refuses under %s the row %s', (header, row, reason) => {
    expect(rowOf(header, row)).toEqual({ reason: expect.stringContaining(reason) });
  });

  test.each([
    ['email,status', 'a@example.com,Subscribed'],
    ['email,email_disabled', 'a@example.com,FALSE'],
    ['email,unsubscribed_at', 'a@example.com, '],
    ['email,name', 'a@example.com,Ann,,'],
    ['email,name', 'a@example.com'],
  ])('takes under %s the row %s', (header, row) => {
    expect(rowOf(header, row)).toMatchObject({ key: 'a@example.com' });
  });

  test('a row that swallowed another is refused', () => {
    const columns = findColumns(['email', 'name', 'notes']);
    const refused = { reason: expect.stringContaining('quote') };
    if (columns === null) throw new Error('no columns');
    expect(readRow(columns, ['b@example.com', 'Ann\nb@example.com,Bob', ''])).toEqual(refused);
    expect(readRow(columns, ['a@example.com', 'Ann', '"x\nb@example.com,Bob'])).toEqual(refused);
    expect(readRow(columns, ['a@example.com', 'Ann', 'two\nlines'])).toMatchObject({ name: 'Ann' });
  });
});

test('rows of one address fold into one, later filled cells winning', () => {
  const base = {
    email: 'a@example.com',
    key: 'a@example.com',
    name: null,
    locale: null,
    timeZone: null,
    topics: [],
  };
  const row = (given: object) => ({ ...base, evidence: 'first', ...given });
  const { people, later } = foldRows([
    row({ name: 'Ann', topics: ['x'] }),
    row({ key: 'b@example.com' }),
    row({ evidence: 'second' }),
    row({ locale: 'en', evidence: 'third' }),
  ]);
  expect(people).toEqual([row({ name: 'Ann', topics: ['x'], locale: 'en' }), row({ key: 'b@example.com' })]);
  expect(later).toEqual([
    { key: 'a@example.com', changes: false },
    { key: 'a@example.com', changes: true },
  ]);
});
