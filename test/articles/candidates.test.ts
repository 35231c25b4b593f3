import { describe, expect, test } from 'vitest';
import { archiveOf, articlesOf, candidatesOf } from '../../src/articles/candidates.ts';
import { ingestFeed } from '../../src/articles/ingest.ts';
import type { Source } from '../../src/feeds/sources.ts';
import { removeSource } from '../../src/feeds/sources.ts';
import type { FeedItem } from '../../src/feeds/types.ts';
import { fixedClock } from '../../src/ground/clock.ts';
import type { EditionId, NewsletterId } from '../../src/ground/ids.ts';
import type { Database } from '../../src/store/database.ts';
import { engines } from '../support/backends.ts';
import { testStore } from '../support/store.ts';
import { feed, item, makeNewsletter, makeSource } from './gathering.ts';

const at = (iso: string) => Temporal.Instant.from(iso);
const FROM = at('2126-11-16T09:00:00Z');
const TO = at('2126-11-23T09:00:00Z');

interface Made {
  readonly kind?: 'regular' | 'manual' | 'rehearsal';
  readonly state?: 'draft' | 'in_review' | 'cancelled' | 'skipped' | 'failed';
  readonly parent?: EditionId;
  readonly composedAt?: string;
  readonly to?: Temporal.Instant;
}

describe.each(engines())('the articles of a window on %s', (backend) => {
  async function place() {
    const { db } = await testStore(backend);
    const newsletterId = await makeNewsletter(db);
    const source = await makeSource(db, newsletterId);
    const ingest = (now: string, items: FeedItem[], from: Source = source) =>
      ingestFeed({ db, clock: fixedClock(now) }, from, feed(...items));
    return { db, newsletterId, source, ingest };
  }

  /** An edition of the window before, which carried the articles of some titles. */
  async function makeEdition(db: Database, newsletterId: NewsletterId, titles: string[], made: Made = {}) {
    const { kind = 'regular', state = 'draft', parent = null, composedAt = null, to = FROM } = made;
    const { n } = await db
      .selectFrom('editions')
      .select(({ fn }) => fn.countAll<string>().as('n'))
      .executeTakeFirstOrThrow();
    const { id } = await db
      .insertInto('editions')
      .values({
        newsletter_id: newsletterId,
        number: Number(n) + 1,
        kind,
        state,
        parent_id: parent,
        slot_at: kind === 'regular' ? FROM.add({ seconds: Number(n) }) : null,
        from_at: to.subtract({ hours: 7 * 24 }),
        to_at: to,
        composed_at: composedAt === null ? null : at(composedAt),
        reason: state === 'draft' || state === 'in_review' ? null : 'because',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const articles = await db
      .selectFrom('articles')
      .select(['id', 'title', 'url'])
      .where('title', 'in', titles.concat(''))
      .execute();
    for (const [position, { id: article_id, title, url }] of articles.entries())
      await db
        .insertInto('edition_articles')
        .values({
          edition_id: id,
          article_id,
          role: 'section',
          section: 'latest-updates',
          position,
          title,
          url,
          excerpt: '',
          words: 1,
          published_at: FROM,
        })
        .execute();
    return id;
  }

  const titles = (list: readonly { title: string }[]) => list.map(({ title }) => title.replace('Story ', ''));

  test('the window is half-open, newest first; older ones are the archive', async () => {
    const { db, newsletterId, ingest } = await place();
    const dates = {
      before: FROM.subtract({ seconds: 1 }),
      start: FROM,
      middle: FROM.add({ hours: 1 }),
      end: TO,
    };
    await ingest(
      '2126-11-30T00:00:00Z',
      Object.entries(dates).map(([name, date]) => item(name, { published: date.toString() })),
    );
    const window = { newsletterId, from: FROM, to: TO };
    expect(titles(await candidatesOf(db, window))).toEqual(['middle', 'start']);
    expect(titles(await articlesOf(db, window))).toEqual(['middle', 'start']);
    expect(titles(await archiveOf(db, { newsletterId, before: FROM }))).toEqual(['before']);
    expect((await candidatesOf(db, window))[0]).toMatchObject({
      url: 'https://chain.example/middle',
      excerpt: 'What middle says.',
      author: 'Ana Ruiz',
      categories: ['News'],
      words: 4,
      section: null,
      html: '<p>The whole of middle.</p>',
    });
  });

  test('only of the newsletter’s own sources, also when another’s told it first, and not of removed ones', async () => {
    const { db, newsletterId, source, ingest } = await place();
    const other = await makeSource(
      db,
      await makeNewsletter(db, 'other'),
      'https://planet.example/rss',
      'in-depth',
    );
    const published = FROM.toString();
    await ingest('2126-11-17T00:00:00Z', [item('both', { published }), item('ours', { published })]);
    await ingest('2126-11-17T00:00:00Z', [item('both', { published }), item('theirs', { published })], other);
    const theirs = { newsletterId: other.newsletter_id, from: FROM, to: TO };
    const found = await candidatesOf(db, theirs);
    expect(titles(found).sort()).toEqual(['both', 'theirs']);
    expect(found.map(({ section }) => section)).toEqual(['in-depth', 'in-depth']);
    expect(titles(await candidatesOf(db, { ...theirs, newsletterId })).sort()).toEqual(['both', 'ours']);
    await removeSource(db, source.id);
    expect(await candidatesOf(db, { ...theirs, newsletterId })).toEqual([]);
    expect(titles(await candidatesOf(db, theirs)).sort()).toEqual(['both', 'theirs']);
  });

  test('an article of two sources comes once, with the section that one of them names', async () => {
    const { db, newsletterId, ingest } = await place();
    const opinions = await makeSource(db, newsletterId, 'https://chain.example/opinions', 'expert-opinions');
    const story = item('a', { published: FROM.toString() });
    await ingest('2126-11-17T00:00:00Z', [story]);
    await ingest('2126-11-17T00:00:00Z', [story], opinions);
    const found = await candidatesOf(db, { newsletterId, from: FROM, to: TO });
    expect(found).toMatchObject([{ title: 'Story a', section: 'expert-opinions' }]);
  });

  test('what an earlier edition carried is out, unless that was no real one or is the one being composed', async () => {
    const { db, newsletterId, ingest } = await place();
    const published = FROM.toString();
    const names = [
      'carried',
      'manual',
      'cancelled',
      'skipped',
      'failed',
      'rehearsed',
      'other',
      'own',
      'free',
      'tried',
    ];
    await ingest(
      '2126-11-17T00:00:00Z',
      names.map((name) => item(name, { published })),
    );
    const regular = await makeEdition(db, newsletterId, ['Story carried']);
    await makeEdition(db, newsletterId, ['Story manual'], { kind: 'manual', state: 'in_review' });
    await makeEdition(db, newsletterId, ['Story tried'], { kind: 'manual' });
    await makeEdition(db, newsletterId, ['Story cancelled'], { state: 'cancelled' });
    await makeEdition(db, newsletterId, ['Story skipped'], { state: 'skipped' });
    await makeEdition(db, newsletterId, ['Story failed'], { state: 'failed' });
    await makeEdition(db, newsletterId, ['Story rehearsed'], { kind: 'rehearsal', parent: regular });
    await makeEdition(db, await makeNewsletter(db, 'other'), ['Story other']);
    const edition = await makeEdition(db, newsletterId, ['Story own']);
    const found = await candidatesOf(db, { newsletterId, from: FROM, to: TO, edition });
    const kept = ['cancelled', 'failed', 'free', 'other', 'own', 'rehearsed', 'skipped', 'tried'];
    expect(titles(found).sort()).toEqual(kept);
    const without = await candidatesOf(db, { newsletterId, from: FROM, to: TO });
    expect(titles(without).sort()).toEqual(kept.filter((name) => name !== 'own'));
  });

  test('an article that came to light after its edition was composed is in the next one, and once only', async () => {
    const { db, newsletterId, ingest } = await place();
    const published = FROM.subtract({ minutes: 5 }).toString();
    await ingest('2126-11-16T08:58:00Z', [item('in-time', { published })]);
    await makeEdition(db, newsletterId, [], { composedAt: '2126-11-16T09:00:01Z' });
    await ingest('2126-11-16T09:20:00Z', [
      item('late', { published }),
      item('ancient', { published: '2126-10-01T00:00:00Z' }),
    ]);
    const window = { newsletterId, from: FROM, to: TO };
    expect(titles(await candidatesOf(db, window))).toEqual(['late']);
    const after = { newsletterId, from: TO, to: TO.add({ hours: 7 * 24 }) };
    await makeEdition(db, newsletterId, [], { to: TO, composedAt: '2126-11-23T09:00:01Z' });
    expect(await candidatesOf(db, after)).toEqual([]);
  });

  test('what a new source brings of the past is not late, and without an edition before nothing is', async () => {
    const { db, newsletterId, source, ingest } = await place();
    const published = FROM.subtract({ minutes: 5 }).toString();
    await ingest('2126-11-16T09:20:00Z', [item('first', { published })]);
    const window = { newsletterId, from: FROM, to: TO };
    expect(await candidatesOf(db, window)).toEqual([]);
    await makeEdition(db, newsletterId, []);
    expect(titles(await candidatesOf(db, window))).toEqual(['first']);
    await db
      .updateTable('sources')
      .set({ created_at: FROM.add({ minutes: 1 }) })
      .where('id', '=', source.id)
      .execute();
    expect(await candidatesOf(db, window)).toEqual([]);
  });
});
