import { sql } from 'kysely';
import { readFrozen } from '../editions/frozen.ts';
import type { NewsletterId } from '../ground/ids.ts';
import { createPersonaliser } from '../rendering/personalise.ts';
import type { CompiledEdition } from '../rendering/types.ts';
import type { Database } from '../store/database.ts';

/** From these on an edition is public. */
const PUBLIC_STATES = ['sending', 'paused', 'sent'] as const;
/** An edition for a few (a resend, the last one for newcomers) repeats one that stands in the archive. */
const ARCHIVED_KINDS = ['regular', 'manual'] as const;

export interface ArchivedEdition {
  readonly number: number;
  readonly subject: string;
  readonly startedAt: Temporal.Instant | null;
}

/** A subject without a reader's name in it. */
function publicSubject(subject: string): string {
  const personalise = createPersonaliser({ subject, html: '', text: '', relatedIds: [] });
  return personalise({
    subscriber: { email: '', name: null, firstName: null },
    links: { unsubscribe: '', web: '' },
    relatedIds: [],
  }).subject;
}

/** Newsletters that are not removed, by name, each with the start of its latest public edition. */
export function listPublicNewsletters(db: Database) {
  return db
    .selectFrom('newsletters as n')
    .select(['n.slug', 'n.name', 'n.description', 'n.time_zone'])
    .select((eb) =>
      eb
        .selectFrom('editions as e')
        .select(({ fn }) => fn.max('e.started_at').as('latest'))
        .whereRef('e.newsletter_id', '=', 'n.id')
        .where('e.state', 'in', PUBLIC_STATES)
        .where('e.kind', 'in', ARCHIVED_KINDS)
        .as('latest'),
    )
    .where('n.removed_at', 'is', null)
    .orderBy('n.name')
    .orderBy('n.slug')
    .execute();
}

/** What the public may know of a newsletter, also of one that was removed; undefined when there is none. */
export function findPublicNewsletter(db: Database, slug: string) {
  return db
    .selectFrom('newsletters')
    .select(['id', 'slug', 'name', 'description', 'site_url', 'time_zone', 'removed_at'])
    .where('slug', '=', slug)
    .executeTakeFirst();
}

/** A newsletter's public editions, latest first: at most `limit`, those with a number below `before`. */
export async function listArchive(
  db: Database,
  newsletter: NewsletterId,
  { before, limit }: { before: number | null; limit: number },
): Promise<ArchivedEdition[]> {
  const rows = await db
    .selectFrom('editions')
    .select(['number', 'started_at', sql<string>`frozen::json -> 'compiled' ->> 'subject'`.as('subject')])
    .where('newsletter_id', '=', newsletter)
    .where('state', 'in', PUBLIC_STATES)
    .where('kind', 'in', ARCHIVED_KINDS)
    .$if(before !== null, (query) => query.where('number', '<', before ?? 0))
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ number, started_at, subject }) => ({
    number,
    startedAt: started_at,
    subject: publicSubject(subject),
  }));
}

/** An edition as it was frozen, or null when there is none that the public may see: a rehearsal never is. */
export async function findPublicEdition(
  db: Database,
  slug: string,
  number: number,
): Promise<CompiledEdition | null> {
  const row = await db
    .selectFrom('editions as e')
    .innerJoin('newsletters as n', 'n.id', 'e.newsletter_id')
    .select('e.frozen')
    .where('n.slug', '=', slug)
    .where('e.number', '=', number)
    .where('e.state', 'in', PUBLIC_STATES)
    .where('e.kind', '<>', 'rehearsal')
    .executeTakeFirst();
  return row?.frozen ? readFrozen(row.frozen).compiled : null;
}
