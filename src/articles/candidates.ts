import { sql } from 'kysely';
import type { ArticleId, EditionId, NewsletterId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';

/** An article as an edition chooses it. */
export interface Candidate {
  readonly id: ArticleId;
  readonly url: string;
  readonly title: string;
  readonly excerpt: string;
  readonly author: string | null;
  readonly categories: readonly string[];
  readonly words: number;
  readonly imageUrl: string | null;
  /** Published, and never later than first seen. */
  readonly happenedAt: Temporal.Instant;
  readonly sourceTitle: string | null;
  /** The section that its source always feeds, or null: then the rules decide. */
  readonly section: string | null;
  /** The beginning of its text as cleaned HTML, to compare texts by. */
  readonly html: string;
}

const MOST_CANDIDATES = 2_000;

const COLUMNS = sql`
  a.id, a.url, a.title, a.excerpt, a.author, a.categories, a.words, a.image_url as "imageUrl",
  a.happened_at as "happenedAt", s.title as "sourceTitle", s.section, left(a.html, 6000) as html`;

/**
 * The newsletter's articles that meet a condition, each once, newest first. Several of its sources may carry one: the source
 * with a section of its own speaks for it, else the one that told it first.
 */
async function newest(
  db: Database,
  newsletterId: NewsletterId,
  condition: ReturnType<typeof sql>,
  limit: number,
): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    select * from (
      select distinct on (a.id) ${COLUMNS}
        from sources s
        join article_sightings g on g.source_id = s.id
        join articles a on a.id = g.article_id
       where s.newsletter_id = ${newsletterId} and s.state <> 'removed' and ${condition}
       order by a.id, s.section is null, s.id <> a.source_id, s.id) found
     order by "happenedAt" desc, id desc
     limit ${limit}`.execute(db);
  return rows;
}

/**
 * What an edition may carry: the articles of its newsletter's sources that happened in `[from, to)` and that no earlier
 * edition of the newsletter carried in a section (cancelled, skipped and failed editions and rehearsals do not count).
 *
 * An article that lies in an earlier edition's window, but came to light only after the last of them was composed, belongs to
 * this one: feeds are read every so often, and what they brought a minute too late would else be in no edition at
 * all. What a source told when it was new does not count as late.
 * @param window `edition`: the one that is being composed, if it exists: what it carries itself is no reason
 */
export function candidatesOf(
  db: Database,
  window: { newsletterId: NewsletterId; from: Temporal.Instant; to: Temporal.Instant; edition?: EditionId },
): Promise<Candidate[]> {
  const { newsletterId, from, to, edition } = window;
  const earlier = sql`
    select from editions e
     where e.newsletter_id = ${newsletterId} and e.kind in ('regular', 'manual') and e.to_at <= ${from}
       and e.id is distinct from ${edition ?? null}::bigint`;
  const late = sql`
    a.happened_at >= ${from}::timestamptz - interval '31 days' and a.happened_at < ${from}
    and s.created_at < ${from}
    and exists (${earlier} and a.happened_at >= coalesce(e.from_at, e.to_at - interval '7 days') and a.happened_at < e.to_at)
    and not exists (${earlier} and a.first_seen_at < coalesce(e.composed_at, e.to_at))`;
  const carried = sql`
    select from edition_articles ea
      join editions e on e.id = ea.edition_id
     where ea.article_id = a.id and ea.role = 'section' and e.newsletter_id = ${newsletterId}
       and e.state not in ('cancelled', 'skipped', 'failed') and e.kind <> 'rehearsal'
       -- A draft that somebody tried out may never be sent; approving it later tells what it would repeat.
       and not (e.kind = 'manual' and e.state = 'draft')
       and e.id is distinct from ${edition ?? null}::bigint`;
  const condition = sql`
    ((a.happened_at >= ${from} and a.happened_at < ${to}) or (${late})) and not exists (${carried})`;
  return newest(db, newsletterId, condition, MOST_CANDIDATES);
}

/** The newsletter's articles from before a moment, for "You may also like": the 500 newest. */
export function archiveOf(
  db: Database,
  given: { newsletterId: NewsletterId; before: Temporal.Instant },
): Promise<Candidate[]> {
  return newest(db, given.newsletterId, sql`a.happened_at < ${given.before}`, 500);
}

/** The newsletter's articles that happened in `[from, to)`, carried or not, newest first. */
export function articlesOf(
  db: Database,
  window: { newsletterId: NewsletterId; from: Temporal.Instant; to: Temporal.Instant },
): Promise<Candidate[]> {
  const { newsletterId, from, to } = window;
  return newest(db, newsletterId, sql`a.happened_at >= ${from} and a.happened_at < ${to}`, MOST_CANDIDATES);
}

/** One article of the newsletter's sources, or null when none of them carried it. */
export async function articleOf(
  db: Database,
  of: { newsletterId: NewsletterId; id: ArticleId },
): Promise<Candidate | null> {
  const [article] = await newest(db, of.newsletterId, sql`a.id = ${of.id}`, 1);
  return article ?? null;
}
