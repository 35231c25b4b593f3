import { describe, expect, test } from 'vitest';
import { ingestFeed } from '../../src/articles/ingest.ts';
import type { Source } from '../../src/feeds/sources.ts';
import { removeSource } from '../../src/feeds/sources.ts';
import type { Feed } from '../../src/feeds/types.ts';
import { fixedClock } from '../../src/ground/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { engines } from '../support/backends.ts';
import { testStore } from '../support/store.ts';
import { feed, item, makeNewsletter, makeSource } from './gathering.ts';

const NOW = '2026-11-23T09:00:00Z';

describe.each(engines())('ingesting a feed on %s', (backend) => {
  async function place() {
    const { db } = await testStore(backend);
    const newsletter = await makeNewsletter(db);
    const source = await makeSource(db, newsletter);
    const ingest = (given: Feed, from: Source = source, now = NOW) =>
      ingestFeed({ db, clock: fixedClock(now) }, from, given);
    return { db, newsletter, source, ingest };
  }
  const articles = (db: Database) => db.selectFrom('articles').selectAll().orderBy('id').execute();

  test('the same feed twice adds nothing, a changed item is changed, a new one added', async () => {
    const { db, ingest } = await place();
    expect(await ingest(feed(item('a'), item('b')))).toEqual({ added: 2, updated: 0, unchanged: 0 });
    expect(await ingest(feed(item('a'), item('b')))).toEqual({ added: 0, updated: 0, unchanged: 2 });
    const later = feed(item('c'), item('a', { title: 'Story a, corrected' }), item('b'));
    expect(await ingest(later)).toEqual({ added: 1, updated: 1, unchanged: 1 });
    expect((await articles(db)).map(({ title }) => title)).toEqual([
      'Story a, corrected',
      'Story b',
      'Story c',
    ]);
  });

  test('an article is what its item says, cleaned', async () => {
    const { db, source, ingest } = await place();
    const html =
      '<p onclick="x()">Fees <b>fell</b>.</p><script>alert(1)</script><img src="/chart.png"><img src="https://t.example/p" width="1" height="1">';
    const link = 'https://chain.example/fees/?utm_source=rss&p=2#top';
    const categories = ['Markets', 'Markets', ' Fees\n'];
    await ingest(feed(item('fees', { html, link, categories, summary: null, title: ' Fees\n fell ' })));
    const [article] = await articles(db);
    expect(article).toMatchObject({
      title: 'Fees fell',
      url: 'https://chain.example/fees/?p=2#top',
      guid: 'id-fees',
      source_id: source.id,
      author: 'Ana Ruiz',
      categories: ['Markets', 'Fees'],
      excerpt: 'Fees fell.',
      html: '<p>Fees <b>fell</b>.</p><img src="https://chain.example/chart.png" alt="" />',
      words: 2,
      image_url: 'https://chain.example/chart.png',
    });
    expect(article?.published_at?.toString()).toBe('2026-11-20T10:00:00Z');
    expect(article?.first_seen_at.toString()).toBe(NOW);
  });

  test('one story is one article, however many feeds carry it; the first tells it', async () => {
    const { db, newsletter, source, ingest } = await place();
    const other = await makeSource(db, newsletter, 'https://planet.example/rss');
    await ingest(feed(item('a')));
    const copy = item('a', {
      id: 'planet-1',
      link: 'https://chain.example/a/?utm_source=planet',
      title: 'Via Planet',
    });
    expect(await ingest(feed(copy), other)).toEqual({ added: 0, updated: 0, unchanged: 1 });
    expect(await ingest(feed(copy), other)).toEqual({ added: 0, updated: 0, unchanged: 1 });
    expect((await articles(db)).map(({ title }) => title)).toEqual(['Story a']);
    const sightings = await db.selectFrom('article_sightings').selectAll().orderBy('source_id').execute();
    expect(sightings.map(({ source_id, guid }) => [source_id, guid])).toEqual([
      [source.id, 'id-a'],
      [other.id, 'planet-1'],
    ]);

    await removeSource(db, source.id);
    expect(await ingest(feed({ ...copy, title: 'Now Planet’s own' }), other)).toMatchObject({ updated: 1 });
    expect(await articles(db)).toMatchObject([{ title: 'Now Planet’s own', source_id: other.id }]);
  });

  test('an item whose address changed stays the same article, and is known by the new one', async () => {
    const { db, newsletter, ingest } = await place();
    await ingest(feed(item('a')));
    const moved = item('a', { link: 'https://chain.example/2026/a' });
    expect(await ingest(feed(moved))).toEqual({ added: 0, updated: 1, unchanged: 0 });
    expect(await ingest(feed(moved))).toEqual({ added: 0, updated: 0, unchanged: 1 });
    const other = await makeSource(db, newsletter, 'https://planet.example/rss');
    expect(await ingest(feed(item('x', { link: moved.link })), other)).toMatchObject({ added: 0 });
    expect((await articles(db)).map(({ url }) => url)).toEqual(['https://chain.example/2026/a']);
  });

  test('an address that is another article’s already is not taken from it', async () => {
    const { db, newsletter, ingest } = await place();
    const other = await makeSource(db, newsletter, 'https://planet.example/rss');
    await ingest(feed(item('a')));
    await ingest(feed(item('b')), other);
    const moved = item('a', { link: 'https://chain.example/b' });
    expect(await ingest(feed(moved))).toEqual({ added: 0, updated: 1, unchanged: 0 });
    expect(await ingest(feed(moved))).toEqual({ added: 0, updated: 0, unchanged: 1 });
    expect(await articles(db)).toHaveLength(2);
  });

  test('an address that one story leaves and another takes: two articles in the end', async () => {
    const { db, ingest } = await place();
    await ingest(feed(item('a', { link: 'https://chain.example/latest' })));
    const next = feed(item('b', { link: 'https://chain.example/latest' }), item('a'));
    await ingest(next);
    await ingest(next);
    expect((await articles(db)).map(({ title, url }) => [title, url])).toEqual([
      ['Story a', 'https://chain.example/a'],
      ['Story b', 'https://chain.example/latest'],
    ]);
  });

  test('dates: none later than first seen, none that cannot be, and none made up', async () => {
    const { db, ingest } = await place();
    const dates = { future: '2027-01-01T00:00:00Z', zero: '1970-01-01T00:00:00Z', none: null, bad: 'soon' };
    const all = feed(...Object.entries(dates).map(([name, published]) => item(name, { published })));
    await ingest(all);
    const read = async () =>
      (await articles(db)).map((a) => [
        a.title,
        a.published_at?.toString() ?? null,
        a.happened_at.toString(),
      ]);
    const expected = [
      ['Story future', NOW, NOW],
      ['Story zero', null, NOW],
      ['Story none', null, NOW],
      ['Story bad', null, NOW],
    ];
    expect(await read()).toEqual(expected);
    const changed = feed(...all.items.map((one) => ({ ...one, author: 'Someone else' })));
    expect(await ingest(changed, undefined, '2026-11-24T09:00:00Z')).toMatchObject({ updated: 4 });
    expect(await read()).toEqual(expected);
    const dated = feed(item('none', { published: '2026-11-19T00:00:00Z' }));
    await ingest(dated, undefined, '2026-11-25T09:00:00Z');
    expect((await read())[2]).toEqual(['Story none', '2026-11-19T00:00:00Z', '2026-11-19T00:00:00Z']);
  });

  test('one bad item never costs the others', async () => {
    const { db, ingest } = await place();
    const bad = feed(
      item('nothing', { link: null, title: '', summary: null, html: null }),
      item('endless', { link: `https://chain.example/${'x'.repeat(5_000)}` }),
      item('open', { html: '<i>'.repeat(50_000) }),
      item('script', { link: 'javascript:alert(1)', id: 's\u0000\ud800' }),
      item('nul', {
        title: 'a\u0000b\ud800',
        author: '\u0000',
        categories: ['\udfff'],
        html: '<p>\u0000&#0;</p>',
      }),
      item('long', { title: 'long '.repeat(1_000), id: 'i'.repeat(10_000) }),
      item('bare', { id: null, link: null, title: 'Only a title', summary: null, html: null }),
      item('good'),
    );
    expect(await ingest(bad)).toEqual({ added: 5, updated: 0, unchanged: 0 });
    expect(await ingest(bad)).toEqual({ added: 0, updated: 0, unchanged: 5 });
    const stored = await articles(db);
    expect(stored.map(({ title }) => title.length)).toEqual(expect.arrayContaining([12, 10]));
    expect(Math.max(...stored.map(({ title }) => title.length))).toBeLessThanOrEqual(300);
    expect(stored[0]?.url).toBe('https://chain.example/');
  });

  test('items that share a link or an id by mistake stay apart', async () => {
    const { db, ingest } = await place();
    const home = { link: 'https://chain.example/' };
    const shared = feed(item('a', home), item('b', home), item('c', { id: '0' }), item('d', { id: '0' }));
    expect(await ingest(shared)).toMatchObject({ added: 4 });
    expect(await ingest(shared)).toMatchObject({ added: 0, unchanged: 4 });
    expect(await articles(db)).toHaveLength(4);
  });

  test('a long feed, twice at once, is taken in once', async () => {
    const { db, ingest } = await place();
    const long = feed(...Array.from({ length: 450 }, (_, n) => item(String(n))));
    const both = await Promise.all([ingest(long), ingest(long)]);
    expect(both.map(({ added }) => added).sort()).toEqual([0, 450]);
    expect(await articles(db)).toHaveLength(450);
  });

  test('all or nothing: what fails in the middle leaves nothing behind', async () => {
    const { db, ingest, source } = await place();
    await db.schema.alterTable('article_sightings').addColumn('required', 'integer').execute();
    await db.schema
      .alterTable('article_sightings')
      .alterColumn('required', (column) => column.setNotNull())
      .execute();
    await expect(ingest(feed(item('a')), source)).rejects.toThrow();
    expect(await articles(db)).toEqual([]);
  });

  test('an empty feed is no trouble', async () => {
    const { ingest } = await place();
    expect(await ingest(feed())).toEqual({ added: 0, updated: 0, unchanged: 0 });
  });
});
