import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { DEFAULT_SECTIONS } from '../../src/articles/section.ts';
import type { NewsletterId } from '../../src/ground/ids.ts';
import {
  addNewsletter,
  findNewsletter,
  listNewsletters,
  newsletterById,
  removeNewsletter,
  setNewsletter,
} from '../../src/newsletters/newsletters.ts';
import type { Database } from '../../src/store/database.ts';
import { engines } from '../support/backends.ts';
import { testStore } from '../support/store.ts';
import { checks, makeNewsletter, WEEKLY } from './helpers.ts';

function addEdition(db: Database, newsletterId: NewsletterId, state: 'sending' | 'paused' | 'draft') {
  return sql`
    with t as (insert into templates (name) values ('digest') returning id),
    v as (insert into template_versions (template_id, n, source, source_hash, state)
          select id, 1, '', '', 'published' from t returning id)
    insert into editions (newsletter_id, number, kind, state, to_at, frozen, template_version_id, started_at)
    select ${newsletterId}::bigint, 7, 'manual', ${state}, now(), '{}', id, now() from v`.execute(db);
}

describe.each(engines())('newsletters on %s', (backend) => {
  test('what is added is found, with defaults for what was not given', async () => {
    const { db } = await testStore(backend);
    const added = await addNewsletter(
      { db, ...checks },
      { ...WEEKLY, schedule: ' 0  9 * * 1 ', timeZone: 'europe/madrid' },
    );
    expect(added).toMatchObject({
      slug: 'weekly',
      name: 'Weekly Dose',
      fromName: 'Weekly Dose',
      fromEmail: 'news@example.com',
      replyTo: null,
      schedule: '0 9 * * 1',
      timeZone: 'Europe/Madrid',
      review: 'required',
      unsurePolicy: 'hold',
      retryMinutes: [1, 5, 15, 60],
      version: 1,
      removedAt: null,
    });
    expect(added.sections).toEqual(DEFAULT_SECTIONS);
    expect(await findNewsletter(db, 'weekly')).toEqual(added);
    expect(await newsletterById(db, added.id)).toEqual(added);
  });

  test('every wrong field is told at once, and nothing is saved', async () => {
    const { db } = await testStore(backend);
    const wrong = {
      slug: 'Weekly!',
      name: 'Two\r\nlines',
      from: 'nobody',
      replyTo: 'x',
      schedule: '61 9 * * 1',
      timeZone: 'Mars/X',
      template: 'sunrise',
      review: 'maybe',
      unsurePolicy: 'pray',
      minArticles: '-1',
      retryMinutes: [5, 1],
      giveUpHours: 1000,
      language: 'x y',
      siteUrl: 'javascript:alert(1)',
      sections: [{ name: 'a', title: 'A', limit: 0, anyOf: [] }],
    };
    const refused = addNewsletter({ db, ...checks }, wrong);
    await expect(refused).rejects.toMatchObject({ kind: 'bad_input' });
    const sentences = await refused.catch((error: Error) => error.message.split('\n  - ').slice(1));
    expect(sentences).toHaveLength(Object.keys(wrong).length);
    expect(sentences).toEqual(
      expect.arrayContaining([
        expect.stringContaining('slug "Weekly!"'),
        expect.stringContaining('The name holds a line break'),
        expect.stringContaining('minute field'),
        expect.stringContaining('"Mars/X" is not a time zone'),
        expect.stringContaining('no template "sunrise"'),
        expect.stringContaining('entry 1, limit'),
      ]),
    );
    expect(await listNewsletters(db)).toEqual([]);
  });

  test('a slug is given once, also when its newsletter has been removed', async () => {
    const { db } = await testStore(backend);
    await makeNewsletter(db);
    await expect(makeNewsletter(db)).rejects.toMatchObject({ kind: 'conflict' });
    await removeNewsletter(db, 'weekly');
    await expect(makeNewsletter(db)).rejects.toMatchObject({ kind: 'conflict' });
  });

  test('an unknown slug is answered with those that are known', async () => {
    const { db } = await testStore(backend);
    await expect(findNewsletter(db, 'x')).rejects.toThrow('There are none yet');
    await makeNewsletter(db, 'beta');
    await makeNewsletter(db, 'alpha');
    await expect(findNewsletter(db, 'x')).rejects.toThrow('There is no newsletter "x". Known: alpha, beta.');
    await expect(findNewsletter(db, 'a\0b')).rejects.toMatchObject({ kind: 'not_found' });
  });

  test('set changes what is given and nothing else; only schedule and zone move scheduledFrom', async () => {
    const { db } = await testStore(backend);
    const before = await makeNewsletter(db);
    const named = await setNewsletter({ db, ...checks }, 'weekly', {
      name: 'Monthly',
      from: 'Ann <ann@example.com>',
    });
    expect(named).toEqual({
      ...before,
      name: 'Monthly',
      fromName: 'Ann',
      fromEmail: 'ann@example.com',
      version: 2,
    });
    const moved = await setNewsletter({ db, ...checks }, 'weekly', { schedule: '0 9 * * 1' });
    expect(Temporal.Instant.compare(moved.scheduledFrom, before.scheduledFrom)).toBe(1);
    const same = await setNewsletter({ db, ...checks }, 'weekly', {
      schedule: '0 9 * * 1',
      from: 'b@example.com',
    });
    expect(same.scheduledFrom).toEqual(moved.scheduledFrom);
    expect(same.fromName).toBe('Ann');
    const zoned = await setNewsletter({ db, ...checks }, 'weekly', { timeZone: 'Europe/Madrid' });
    expect(Temporal.Instant.compare(zoned.scheduledFrom, moved.scheduledFrom)).toBe(1);
    expect((await setNewsletter({ db, ...checks }, 'weekly', { schedule: null })).schedule).toBeNull();
  });

  test('a change of what somebody else changed meanwhile is refused', async () => {
    const { db } = await testStore(backend);
    const { version } = await makeNewsletter(db);
    await setNewsletter({ db, ...checks }, 'weekly', { name: 'First', version });
    const late = setNewsletter({ db, ...checks }, 'weekly', { name: 'Second', version });
    await expect(late).rejects.toMatchObject({ kind: 'conflict' });
    expect((await findNewsletter(db, 'weekly')).name).toBe('First');
  });

  test('one whose stored sections went wrong can be mended', async () => {
    const { db } = await testStore(backend);
    await makeNewsletter(db);
    await sql`update newsletters set sections = '[{"name": 1}]'`.execute(db);
    await expect(findNewsletter(db, 'weekly')).rejects.toThrow('--sections FILE.json');
    await setNewsletter({ db, ...checks }, 'weekly', { sections: DEFAULT_SECTIONS });
    expect((await findNewsletter(db, 'weekly')).sections).toEqual(DEFAULT_SECTIONS);
  });

  test.each(['sending', 'paused'] as const)('is not removed while an edition is %s', async (state) => {
    const { db } = await testStore(backend);
    const { id } = await makeNewsletter(db);
    await addEdition(db, id, state);
    const refused = removeNewsletter(db, 'weekly');
    await expect(refused).rejects.toMatchObject({ kind: 'conflict' });
    await expect(refused).rejects.toThrow('weekly#7');
    expect((await findNewsletter(db, 'weekly')).removedAt).toBeNull();
  });

  test('a removed one is off every list, and still known by its id', async () => {
    const { db } = await testStore(backend);
    const { id } = await makeNewsletter(db);
    await makeNewsletter(db, 'other');
    await addEdition(db, id, 'draft');
    await removeNewsletter(db, 'weekly');
    await expect(findNewsletter(db, 'weekly')).rejects.toMatchObject({ kind: 'not_found' });
    await expect(setNewsletter({ db, ...checks }, 'weekly', { name: 'x' })).rejects.toMatchObject({
      kind: 'not_found',
    });
    expect((await listNewsletters(db)).map(({ slug }) => slug)).toEqual(['other']);
    expect((await newsletterById(db, id)).removedAt).toBeInstanceOf(Temporal.Instant);
  });
});
