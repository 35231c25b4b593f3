import { describe, expect, test } from 'vitest';
import { DEFAULT_SECTIONS } from '../../src/articles/section.ts';
import {
  addSource,
  backOffSeconds,
  dueSources,
  listSources,
  recordFailure,
  recordFetched,
  recordUnchanged,
  removeSource,
  sourceUrl,
} from '../../src/feeds/sources.ts';
import type { Database } from '../../src/store/database.ts';
import { engines } from '../support/backends.ts';
import { testStore } from '../support/store.ts';

const at = (iso: string) => Temporal.Instant.from(iso);
const NOW = at('2126-11-23T09:00:00Z');
const URL_A = 'https://chain.example/feed.xml';

describe('the address of a source', () => {
  test.each([
    ['HTTPS://Chain.Example/feed.xml#top', URL_A],
    ['http://chain.example', 'http://chain.example/'],
  ])('%s', (given, expected) => {
    expect(sourceUrl(given)).toBe(expected);
  });

  test.each([
    ['ftp://chain.example/feed', /http:\/\/ or https:\/\//],
    ['file:///etc/passwd', /http:\/\/ or https:\/\//],
    ['javascript:alert(1)', /http:\/\/ or https:\/\//],
    ['chain.example/feed', /no address/],
    ['', /no address/],
    ['https://ana:s3cret@chain.example/feed', /user name or password/],
    [`https://chain.example/${'x'.repeat(3_000)}`, /more than 2048/],
  ])('%s is refused', (given, why) => {
    expect(() => sourceUrl(given)).toThrow(why);
    expect(() => sourceUrl(given)).not.toThrow(/s3cret/);
  });
});

test('the time to leave a failing source alone doubles up to a day, or is what the server asks for, up to a week', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 60].map((n) => backOffSeconds(n, null) / 60)).toEqual([
    30, 60, 120, 240, 480, 960, 1_440, 1_440,
  ]);
  expect(backOffSeconds(1, 60)).toBe(1_800);
  expect(backOffSeconds(1, 7_200)).toBe(7_200);
  expect(backOffSeconds(1, 1e12)).toBe(7 * 86_400);
  expect(backOffSeconds(1, -5)).toBe(1_800);
});

describe.each(engines())('sources on %s', (backend) => {
  async function place() {
    const { db } = await testStore(backend);
    const slugs = ['weekly', 'daily'];
    const rows = await db
      .insertInto('newsletters')
      .values(
        slugs.map((slug) => ({
          slug,
          name: slug,
          from_name: 'Chain News',
          from_email: 'news@chain.example',
          sections: JSON.stringify(DEFAULT_SECTIONS),
        })),
      )
      .returning('id')
      .execute();
    const [weekly, daily] = rows.map(({ id }) => id);
    if (!weekly || !daily) throw new Error('no newsletters');
    return { db, weekly, daily };
  }
  const only = async (db: Database) => {
    const [source] = await listSources(db, null);
    if (!source) throw new Error('no source');
    return source;
  };

  test('added once however often; a section named later replaces; removed and added again it starts anew', async () => {
    const { db, weekly, daily } = await place();
    const given = { newsletterId: weekly, url: URL_A, section: null };
    const first = await addSource({ db }, given);
    expect(first).toMatchObject({ added: true, source: { url: URL_A, state: 'active', failures: 0 } });
    expect(await addSource({ db }, given)).toEqual({ added: false, source: first.source });
    const opinions = await addSource({ db }, { ...given, section: 'expert-opinions' });
    expect(opinions).toMatchObject({
      added: false,
      source: { id: first.source.id, section: 'expert-opinions' },
    });
    expect((await addSource({ db }, given)).source.section).toBe('expert-opinions');
    expect(await addSource({ db }, { ...given, newsletterId: daily })).toMatchObject({ added: true });
    expect(await listSources(db, weekly)).toHaveLength(1);
    expect(await listSources(db, null)).toHaveLength(2);

    await recordFetched(db, first.source.id, { now: NOW, etag: '"1"', lastModified: null, title: 'Chain' });
    expect(await removeSource(db, first.source.id)).toBe(true);
    expect(await removeSource(db, first.source.id)).toBe(false);
    expect(await listSources(db, weekly)).toEqual([]);
    const back = await addSource({ db }, given);
    expect(back).toMatchObject({
      added: true,
      source: { id: first.source.id, state: 'active', etag: null, section: null },
    });
    expect(await dueSources(db, NOW)).toHaveLength(2);
  });

  test('due at once, then half an hour after each good answer', async () => {
    const { db, weekly } = await place();
    const { source } = await addSource({ db }, { newsletterId: weekly, url: URL_A, section: null });
    expect(await dueSources(db, NOW)).toHaveLength(1);
    const fetched = { now: NOW, etag: '"1"', lastModified: 'Mon, 23 Nov 2026 09:00:00 GMT', title: 'Chain' };
    await recordFetched(db, source.id, fetched);
    expect(await only(db)).toMatchObject({
      etag: '"1"',
      last_modified: fetched.lastModified,
      title: 'Chain',
    });
    expect(await dueSources(db, at('2126-11-23T09:29:59Z'))).toEqual([]);
    expect(await dueSources(db, at('2126-11-23T09:30:00Z'))).toHaveLength(1);
    await recordUnchanged(db, source.id, at('2126-11-23T10:00:00Z'));
    expect(await only(db)).toMatchObject({ etag: '"1"', title: 'Chain' });
    expect((await only(db)).next_at.toString()).toBe('2126-11-23T10:30:00Z');
  });

  test('a failing source is sick after five times, keeps what it had, and is well after one good answer', async () => {
    const { db, weekly } = await place();
    const { source } = await addSource({ db }, { newsletterId: weekly, url: URL_A, section: null });
    await recordFetched(db, source.id, { now: NOW, etag: '"1"', lastModified: null, title: 'Chain' });
    const fail = () =>
      recordFailure(db, source.id, { now: NOW, error: 'It answers 503.', retryAfterSeconds: 7_200 });
    for (const failures of [1, 2, 3, 4]) {
      await fail();
      expect(await only(db)).toMatchObject({ failures, state: 'active', last_error: 'It answers 503.' });
    }
    expect((await only(db)).next_at.toString()).toBe('2126-11-23T13:00:00Z');
    await fail();
    const sick = await only(db);
    expect(sick).toMatchObject({ failures: 5, state: 'sick', etag: '"1"', title: 'Chain' });
    expect(sick.succeeded_at?.toString()).toBe(NOW.toString());
    expect(await dueSources(db, sick.next_at)).toHaveLength(1);
    await recordUnchanged(db, source.id, NOW);
    expect(await only(db)).toMatchObject({ failures: 0, state: 'active', last_error: null });
  });

  test('an answer that comes after the removal does not bring a source back', async () => {
    const { db, weekly } = await place();
    const { source } = await addSource({ db }, { newsletterId: weekly, url: URL_A, section: null });
    await removeSource(db, source.id);
    await recordFetched(db, source.id, { now: NOW, etag: null, lastModified: null, title: null });
    await recordUnchanged(db, source.id, NOW);
    await recordFailure(db, source.id, { now: NOW, error: 'x', retryAfterSeconds: null });
    expect(await listSources(db, null)).toEqual([]);
    expect(await dueSources(db, NOW)).toEqual([]);
  });

  test('a removed newsletter’s sources are left alone', async () => {
    const { db, weekly } = await place();
    await addSource({ db }, { newsletterId: weekly, url: URL_A, section: null });
    await db.updateTable('newsletters').set({ removed_at: NOW }).where('id', '=', weekly).execute();
    expect(await dueSources(db, NOW)).toEqual([]);
    expect(await listSources(db, null)).toEqual([]);
  });
});
