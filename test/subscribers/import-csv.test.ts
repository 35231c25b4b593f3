import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { exportCsv } from '../../src/subscribers/export-csv.ts';
import { importCsv } from '../../src/subscribers/import-csv.ts';
import { listSubscribers } from '../../src/subscribers/list.ts';
import { showSubscriber } from '../../src/subscribers/subscribers.ts';
import { makeNewsletter } from '../newsletters/helpers.ts';
import { engines } from '../support/backends.ts';
import { fileOf, folder, keyHash, listOn } from './helpers.ts';

type Given = Awaited<ReturnType<typeof listOn>>;

function importInto({ db, newsletterId }: Given, path: string) {
  return importCsv({ db, keyHash }, { path, newsletterId, consent: 'imported' });
}

async function namesOf({ db, newsletterId }: Given) {
  const page = await listSubscribers(db, { newsletterId, state: null, limit: 10_000, after: null });
  return Object.fromEntries(page.subscribers.map(({ email, name }) => [email, name]));
}

const NO_PROBLEM = { invalid: 0, rejects: null, warnings: [] };

describe.each(engines())('importing on %s', (backend) => {
  test('every form that programs write is read', async () => {
    const forms: [string, string | Buffer][] = [
      ['plain', 'email,name\nplain@example.com,Žofie\n'],
      ['no last line end', 'email,name\nlast@example.com,Žofie'],
      ['CRLF and BOM', '\ufeffemail,name\r\nbom@example.com,Žofie\r\n'],
      ['old Mac', 'email,name\rmac@example.com,Žofie\r'],
      ['semicolons', 'name;email\nŽofie;semicolon@example.com\n'],
      ['tabs', 'name\temail\nŽofie\ttab@example.com\n'],
      ['sep line', 'sep=;\r\nname;email\r\nŽofie;sep@example.com\r\n'],
      ['blank lines', '\n\nemail,name\n\n,\nblank@example.com,Žofie\n\n'],
      ['quotes', '"email","name"\n"quoted@example.com","Žofie"\n'],
      ['commas in a semicolon file', 'name;a,b,c;email\nŽofie;x;commas@example.com\n'],
      ['windows-1252', iconv.encode('email,name\nwindows@example.com,Žofie\n', 'windows-1252')],
      ['UTF-16', iconv.encode('email,name\r\nutf16@example.com,Žofie\r\n', 'utf-16le', { addBOM: true })],
      ['UTF-16 BE', iconv.encode('email,name\nutf16be@example.com,Žofie\n', 'utf-16be', { addBOM: true })],
    ];
    const given = await listOn(backend);
    for (const [form, content] of forms)
      expect([form, await importInto(given, fileOf(content))]).toEqual([
        form,
        { read: 1, added: 1, updated: 0, unchanged: 0, suppressed: 0, ...NO_PROBLEM },
      ]);
    const names = await namesOf(given);
    expect(Object.keys(names)).toHaveLength(forms.length);
    expect(new Set(Object.values(names))).toEqual(new Set(['Žofie']));
  });

  test('quoted cells keep commas, quotes and lines; bare quotes are only quotes', async () => {
    const given = await listOn(backend);
    const path = fileOf(
      'email,name,notes\na@example.com,"Lee, ""Annie"" Ann","two\nlines"\nb@example.com,Bob "Bobby" Day,\n',
    );
    expect(await importInto(given, path)).toMatchObject({ read: 2, added: 2, rejects: null });
    expect(await namesOf(given)).toEqual({
      'a@example.com': 'Lee, "Annie" Ann',
      'b@example.com': 'Bob "Bobby" Day',
    });
  });

  test('counts each row once, and a second time changes nothing', async () => {
    const given = await listOn(backend);
    await given.add('known@example.com', { name: 'Known' });
    await given.add('renamed@example.com', { name: 'Before' });
    await given.add('left@example.com');
    await sql`
      update subscriptions set state = 'unsubscribed', unsubscribed_at = now() from subscribers p
       where p.id = subscriber_id and p.email = 'left@example.com'`.execute(given.db);
    await given.db
      .insertInto('suppressions')
      .values({ key_hash: keyHash('barred@example.com'), reason: 'complaint' })
      .execute();
    const path = fileOf(
      [
        'email,name',
        'new@example.com,New',
        'NEW@example.com,New',
        'new@example.com,Newer',
        'known@example.com,Known',
        'renamed@example.com,After',
        'left@example.com,Back',
        'barred@example.com,Barred',
        'Barred@example.com,Barred again',
        'nonsense,Nobody',
      ].join('\n'),
    );
    const result = await importInto(given, path);
    expect(result).toMatchObject({ read: 9, added: 1, updated: 2, unchanged: 3, suppressed: 2, invalid: 1 });
    expect(await namesOf(given)).toEqual({
      'known@example.com': 'Known',
      'renamed@example.com': 'After',
      'left@example.com': null,
      'new@example.com': 'Newer',
    });
    const [fresh] = (await showSubscriber(given.db, 'new@example.com')).subscriptions;
    expect(fresh?.consents).toMatchObject([{ kind: 'imported', evidence: 'import of list.csv, line 2' }]);
    const again = await importInto(given, fileOf('email,name\nnew@example.com,Newer\nleft@example.com,\n'));
    expect(again).toMatchObject({ read: 2, added: 0, updated: 0, unchanged: 2 });
    expect((await showSubscriber(given.db, 'left@example.com')).subscriptions[0]?.state).toBe('unsubscribed');
  });

  test('rows that cannot be taken go to a file, with line, reason and guarded cells', async () => {
    const given = await listOn(backend);
    const path = fileOf(
      'email,name\ngood@example.com,Ann\n\n"bad ""one","=cmd|\' /C calc\'!A0"\n+x@,@y\nq@example.com,"a\nb"\nz,-1\n',
    );
    const { rejects, ...counts } = await importInto(given, path);
    expect(counts).toMatchObject({ read: 5, added: 1, invalid: 4 });
    expect(rejects).toBe(path.replace('list.csv', 'list.rejects.csv'));
    expect(readdirSync(dirname(path)).sort()).toEqual(['list.csv', 'list.rejects.csv']);
    expect(statSync(rejects ?? '').mode & 0o777).toBe(0o600);
    const rows: string[][] = parse(readFileSync(rejects ?? ''));
    expect(rows.map(([line, , ...cells]) => [line, ...cells])).toEqual([
      ['line', 'email', 'name'],
      ['4', 'bad "one', "'=cmd|' /C calc'!A0"],
      ['5', "'+x@", "'@y"],
      ['6', 'q@example.com', 'a\nb'],
      ['8', 'z', "'-1"],
    ]);
    expect(rows[1]?.[1]).toContain('a space');
  });

  test('more than one batch, with an address in two of them', async () => {
    const given = await listOn(backend);
    const lines = Array.from({ length: 2_500 }, (_, n) => `p${n % 2_400}@example.com,Person ${n % 2_400}`);
    const result = await importInto(given, fileOf(`email,name\n${lines.join('\n')}\n`));
    expect(result).toMatchObject({ read: 2_500, added: 2_400, unchanged: 100, updated: 0 });
    const { n } = await given.db
      .selectFrom('consents')
      .select(sql<number>`count(*)::int`.as('n'))
      .executeTakeFirstOrThrow();
    expect(n).toBe(2_400);
  });

  test('a time zone or language that is not known costs nobody their place', async () => {
    const given = await listOn(backend);
    const path = fileOf(
      'email,timezone,language\na@example.com,Mars/X,\nb@example.com,Mars/Y,de\nc@example.com,UTC,?\n',
    );
    const { added, warnings } = await importInto(given, path);
    expect(added).toBe(3);
    expect(warnings).toEqual([
      '2 rows name a time zone that is not known here (first "Mars/X" in line 2); taken without it.',
      '1 row names a language that is not known here (first "?" in line 4); taken without it.',
    ]);
  });

  test('what is no list of addresses is refused with a sentence, and imports nobody', async () => {
    const given = await listOn(backend);
    const people = Array.from({ length: 1_500 }, (_, n) => `p${n}@example.com,Person`).join('\n');
    const refused: [string | Buffer, string][] = [
      ['', 'is empty'],
      ['\ufeff \n\n', 'is empty'],
      [Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 8, 0]), 'is not a text file'],
      [Buffer.concat([Buffer.from(`email,name\n${people}\n`), Buffer.alloc(9)]), 'is not a text file'],
      ['email\u0007,name\na@example.com,Ann\n', 'is not a text file'],
      ['<!doctype html><title>email,name</title>', 'is a web page or XML'],
      ['name,phone\nAnn,123\n', 'has "name", "phone"'],
      ['ann@example.com,Ann\nbob@example.com,Bob\n', 'has no column for the address'],
      ['{"email": "ann@example.com"}', 'has no column for the address'],
      [`email,name\n${people}\nz@example.com,"never closed\n`, 'stops being CSV after line'],
      [`email,name\n${people}\nz@example.com,"${'x\n'.repeat(60_000)}`, 'stops being CSV after line'],
      [`email,${'x'.repeat(200_000)}\na@example.com,\n`, 'has no column for the address'],
    ];
    for (const [content, sentence] of refused) {
      const path = fileOf(content);
      await expect(importInto(given, path)).rejects.toMatchObject({
        kind: 'bad_input',
        message: expect.stringMatching(new RegExp(`^list\\.csv .*${sentence}.*Nothing was imported`)),
      });
      expect(readdirSync(dirname(path))).toEqual(['list.csv']);
    }
    await expect(importInto(given, join(folder(), 'missing.csv'))).rejects.toThrow(
      'missing.csv does not exist',
    );
    await expect(importInto(given, folder())).rejects.toThrow('is not a file');
    expect(await namesOf(given)).toEqual({});
  });

  test('a rejects file that cannot be put in place leaves no draft behind', async () => {
    const given = await listOn(backend);
    const path = fileOf('email\nnonsense\n');
    mkdirSync(path.replace('list.csv', 'list.rejects.csv'));
    await expect(importInto(given, path)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(readdirSync(dirname(path)).sort()).toEqual(['list.csv', 'list.rejects.csv']);
  });

  test('a database that fails meanwhile is told with how far it came, and the rejects are taken back', async () => {
    const given = await listOn(backend);
    await sql`
      create function refuse_late() returns trigger language plpgsql as $$
      begin
        if new.email = 'p1500@example.com' then raise exception 'the disk is full'; end if;
        return new;
      end $$`.execute(given.db);
    await sql`create trigger t before insert on subscribers for each row execute function refuse_late()`.execute(
      given.db,
    );
    const people = Array.from({ length: 2_000 }, (_, n) => `p${n}@example.com`).join('\n');
    const path = fileOf(`email\nnonsense\n${people}\n`);
    await expect(importInto(given, path)).rejects.toThrow('(the disk is full). The first 1000 people are in');
    expect(Object.keys(await namesOf(given))).toHaveLength(1_000);
    expect(existsSync(path.replace('list.csv', 'list.rejects.csv'))).toBe(false);
    expect(readdirSync(dirname(path))).toEqual(['list.csv']);
  });

  test('an exported list comes back the same, without those who left', async () => {
    const given = await listOn(backend);
    await given.add('+plus@example.com', { name: '=SUM(A1)', topics: ['a', 'b'], timeZone: 'Europe/Madrid' });
    await given.add('ann@example.com', { name: 'Lee, "Ann"', locale: 'pt-BR' });
    await given.add('left@example.com');
    await sql`
      update subscriptions set state = 'unsubscribed', unsubscribed_at = now() from subscribers p
       where p.id = subscriber_id and p.email = 'left@example.com'`.execute(given.db);
    let text = '';
    const count = await exportCsv(given.db, given.newsletterId, (part) => {
      text += part;
    });
    expect(count).toBe(3);
    expect(text).toContain('\'+plus@example.com,\'=SUM(A1),active,"a;b",Europe/Madrid,');
    expect(text).not.toMatch(/(^|,)"?[=+@-]/m);
    const other = await makeNewsletter(given.db, 'other');
    await sql`update subscribers set name = null, locale = null`.execute(given.db);
    const copy = { ...given, newsletterId: other.id };
    expect(await importInto(copy, fileOf(text))).toMatchObject({ added: 2, invalid: 1 });
    expect(await namesOf(copy)).toEqual({ '+plus@example.com': '=SUM(A1)', 'ann@example.com': 'Lee, "Ann"' });
    const { subscriptions, locale } = await showSubscriber(given.db, '+plus@example.com');
    expect(subscriptions[1]).toMatchObject({ newsletter: 'other', topics: ['a', 'b'] });
    expect(locale).toBeNull();
  });
});
