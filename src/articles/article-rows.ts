import { type Kysely, sql } from 'kysely';
import type { Source } from '../feeds/sources.ts';
import type { ArticleId } from '../ground/ids.ts';
import type { Tables } from '../store/tables.ts';
import type { Story, StoryBody } from './story.ts';

/** The database, or a transaction on it. */
export type Connection = Kysely<Tables>;

/** What the database knows of a story. */
export interface Known {
  readonly id: ArticleId;
  readonly hash: Buffer;
  /** False when the article is told by another source, which alone may change it. */
  readonly ours: boolean;
  /** True when this source gave it under the story's id before. */
  readonly byGuid: boolean;
  /** True when an article stands under the story's key already. */
  readonly keyTaken: boolean;
}

/** A story to be written, and the article that it is already, if any. */
export interface Change {
  readonly story: Story;
  readonly body: StoryBody;
  readonly known: Known | undefined;
}

/** A list of objects as rows of a statement: one parameter, whatever their number. */
const rowsOf = (rows: readonly object[], columns: string) =>
  sql`json_to_recordset(${JSON.stringify(rows)}::json) as v(${sql.raw(columns)})`;

const hex = (bytes: Buffer): string => bytes.toString('hex');

/**
 * Looks up which stories are articles already: first by the id that this source gave them before, so that an article
 * whose address changed stays the same one; then by their key.
 */
export async function findKnown(
  db: Connection,
  source: Source,
  stories: readonly Story[],
): Promise<Map<Story, Known>> {
  const asked = stories.map(({ guid, key }, n) => ({ n, guid, key: hex(key) }));
  const { rows } = await sql<Known & { n: number }>`
    select v.n, a.id, a.content_hash as hash, s.guid is not null as "byGuid", k.id is not null as "keyTaken",
           (a.source_id = ${source.id} or owner.state = 'removed') as ours
      from ${rowsOf(asked, 'n int, guid text, key text')}
      left join article_sightings s on s.source_id = ${source.id} and s.guid = v.guid
      left join articles k on k.url_key = decode(v.key, 'hex')
      join articles a on a.id = coalesce(s.article_id, k.id)
      join sources owner on owner.id = a.source_id
     order by v.n`.execute(db);
  return new Map(
    rows.flatMap((row) => {
      const story = stories[row.n];
      return story === undefined ? [] : [[story, row]];
    }),
  );
}

const COLUMNS = `id bigint, key text, url text, guid text, title text, author text, categories text[], excerpt text,
  html text, words int, image_url text, published text, seen timestamptz, hash text`;

const rowOf = ({ story, body, known }: Change, now: Temporal.Instant) => ({
  id: known?.id ?? null,
  // A story that moved to an address where another article stands keeps its old key: keys are unique.
  key: known?.keyTaken ? null : hex(story.key),
  url: story.url,
  guid: story.guid,
  title: body.title,
  author: story.author,
  categories: story.categories,
  excerpt: body.excerpt,
  html: body.html,
  words: body.words,
  image_url: body.imageUrl,
  published: story.published,
  seen: now.toString(),
  hash: hex(story.hash),
});

const articleRows = (changes: readonly Change[], now: Temporal.Instant) =>
  rowsOf(
    changes.map((change) => rowOf(change, now)),
    COLUMNS,
  );

/**
 * Makes new articles. A date in the future is a mistake or a plan: the article is here, so it happened no later than
 * it was first seen. (`least` takes no notice of nulls: an article without a date has to be kept from getting one.)
 */
export async function insertNew(
  db: Connection,
  source: Source,
  now: Temporal.Instant,
  changes: readonly Change[],
): Promise<void> {
  await sql`
    insert into articles (url_key, url, guid, source_id, title, author, categories, excerpt, html, words, image_url,
                          published_at, published_raw, first_seen_at, updated_at, content_hash)
    select decode(v.key, 'hex'), v.url, v.guid, ${source.id}::bigint, v.title, v.author, v.categories, v.excerpt, v.html,
           v.words, v.image_url, case when v.published is null then null else least(v.published::timestamptz, v.seen) end,
           v.published, v.seen, v.seen, decode(v.hash, 'hex')
      from ${articleRows(changes, now)}`.execute(db);
}

/** Writes articles anew; their first sight stays. */
export async function updateKnown(
  db: Connection,
  source: Source,
  now: Temporal.Instant,
  changes: readonly Change[],
): Promise<void> {
  await sql`
    update articles a
       set url_key = coalesce(decode(v.key, 'hex'), a.url_key), url = v.url, guid = v.guid, source_id = ${source.id},
           title = v.title, author = v.author, categories = v.categories, excerpt = v.excerpt, html = v.html,
           words = v.words, image_url = v.image_url,
           published_at =
             case when v.published is null then null else least(v.published::timestamptz, a.first_seen_at) end,
           published_raw = v.published, updated_at = v.seen, content_hash = decode(v.hash, 'hex')
      from ${articleRows(changes, now)}
     where a.id = v.id`.execute(db);
}

/** Remembers that this source carried the stories, under its own ids. */
export async function recordSightings(
  db: Connection,
  source: Source,
  now: Temporal.Instant,
  seen: readonly { story: Story; known: Known | undefined }[],
): Promise<void> {
  const rows = seen.map(({ story, known }) => ({
    id: known?.id ?? null,
    key: hex(story.key),
    guid: story.guid,
  }));
  await sql`
    insert into article_sightings (source_id, guid, article_id, seen_at)
    select ${source.id}::bigint, v.guid, coalesce(v.id, a.id), ${now}::timestamptz
      from ${rowsOf(rows, 'id bigint, key text, guid text')}
      left join articles a on a.url_key = decode(v.key, 'hex')
     where coalesce(v.id, a.id) is not null
        on conflict do nothing`.execute(db);
}
