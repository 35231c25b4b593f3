import type { Selectable } from 'kysely';
import { Problem } from '../ground/errors.ts';
import type { NewsletterId, SourceId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import type { SourcesTable } from '../store/tables.ts';
import { shownAddress } from './address.ts';

/** A feed that a newsletter gathers from. `state` is `sick` while it has failed many times in a row. */
export type Source = Selectable<SourcesTable>;

const LONGEST_URL = 2_048;
const INTERVAL_SECONDS = 30 * 60;
const LONGEST_BACK_OFF_SECONDS = 24 * 3_600;
/** A server may ask for longer than we would wait by ourselves, but not for ever. */
const LONGEST_RETRY_AFTER_SECONDS = 7 * 24 * 3_600;
const SICK_AFTER = 5;

/**
 * The address of a feed in the spelling it is stored in.
 * @throws Problem (`bad_input`) unless it is http(s), without user name or password, and of a sane length.
 */
export function sourceUrl(text: string): string {
  const wrong = (why: string) =>
    new Problem('bad_input', `“${shownAddress(text)}” cannot be a source: ${why}. Nothing was changed.`);
  if (text.length > LONGEST_URL) throw wrong(`it has more than ${LONGEST_URL} characters`);
  if (!URL.canParse(text)) throw wrong('it is no address. Give one like https://example.com/feed.xml');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw wrong('it does not start with http:// or https://');
  if (url.username || url.password)
    throw wrong('it holds a user name or password, which would end up in logs');
  url.hash = '';
  return url.href;
}

/**
 * Adds a feed to a newsletter. One that is there already is returned as it is, except that a section named now
 * replaces the one it had; one that was removed comes back, as if it were new.
 * @returns the source, and whether it was added (or brought back) by this call
 * @throws Problem (`bad_input`) when the address cannot be a feed's
 */
export async function addSource(
  { db }: { db: Database },
  given: { newsletterId: NewsletterId; url: string; section: string | null },
): Promise<{ source: Source; added: boolean }> {
  const { newsletterId, section } = given;
  const url = sourceUrl(given.url);
  return db.transaction().execute(async (trx) => {
    const before = await trx
      .selectFrom('sources')
      .selectAll()
      .where('newsletter_id', '=', newsletterId)
      .where('url', '=', url)
      .forUpdate()
      .executeTakeFirst();
    if (before !== undefined && before.state !== 'removed' && (section ?? before.section) === before.section)
      return { source: before, added: false };
    const source = await trx
      .insertInto('sources')
      .values({ newsletter_id: newsletterId, url, section })
      .onConflict((oc) =>
        oc.columns(['newsletter_id', 'url']).doUpdateSet(({ ref }) => ({
          section: ref('excluded.section'),
          ...(before?.state === 'removed'
            ? {
                state: 'active' as const,
                failures: 0,
                last_error: null,
                etag: null,
                last_modified: null,
                next_at: ref('excluded.next_at'),
              }
            : {}),
        })),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    return { source, added: before === undefined || before.state === 'removed' };
  });
}

/** The sources of one newsletter, or of all (`null`), without the removed ones, in the order they were added. */
export function listSources(db: Database, newsletterId: NewsletterId | null): Promise<Source[]> {
  return db
    .selectFrom('sources')
    .innerJoin('newsletters', 'newsletters.id', 'sources.newsletter_id')
    .selectAll('sources')
    .where('sources.state', '<>', 'removed')
    .where('newsletters.removed_at', 'is', null)
    .$if(newsletterId !== null, (query) => query.where('newsletters.id', '=', newsletterId))
    .orderBy('sources.id')
    .execute();
}

/** Stops gathering from a source; the articles it brought stay. Returns false when there was nothing to remove. */
export async function removeSource(db: Database, id: SourceId): Promise<boolean> {
  const result = await db
    .updateTable('sources')
    .set({ state: 'removed' })
    .where('id', '=', id)
    .where('state', '<>', 'removed')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The sources whose time has come at `now`, the longest waiting first. */
export function dueSources(db: Database, now: Temporal.Instant, limit = 500): Promise<Source[]> {
  return db
    .selectFrom('sources')
    .innerJoin('newsletters', 'newsletters.id', 'sources.newsletter_id')
    .selectAll('sources')
    .where('sources.state', '<>', 'removed')
    .where('newsletters.removed_at', 'is', null)
    .where('sources.next_at', '<=', now)
    .orderBy('sources.next_at')
    .orderBy('sources.id')
    .limit(limit)
    .execute();
}

/** What a good answer resets. */
const healthy = (now: Temporal.Instant) => ({
  state: 'active' as const,
  failures: 0,
  last_error: null,
  fetched_at: now,
  succeeded_at: now,
  next_at: now.add({ seconds: INTERVAL_SECONDS }),
});

/** The feed came and its items are stored: what it sent to be asked with next time is kept. */
export async function recordFetched(
  db: Database,
  id: SourceId,
  fetched: {
    now: Temporal.Instant;
    etag: string | null;
    lastModified: string | null;
    title: string | null;
  },
): Promise<void> {
  const { now, etag, lastModified, title } = fetched;
  await db
    .updateTable('sources')
    .set({ ...healthy(now), etag, last_modified: lastModified, title: title?.slice(0, 300) ?? null })
    .where('id', '=', id)
    .where('state', '<>', 'removed')
    .execute();
}

/** The server said that nothing changed. */
export async function recordUnchanged(db: Database, id: SourceId, now: Temporal.Instant): Promise<void> {
  await db
    .updateTable('sources')
    .set(healthy(now))
    .where('id', '=', id)
    .where('state', '<>', 'removed')
    .execute();
}

/**
 * How long to leave a source alone after its n-th failure in a row: 30 minutes, doubling up to a day, or longer when
 * the server asked for it (Retry-After, RFC 9110, section 10.2.3), up to a week.
 * @returns seconds
 */
export function backOffSeconds(failures: number, retryAfterSeconds: number | null): number {
  const doubled = INTERVAL_SECONDS * 2 ** Math.min(Math.max(failures, 1) - 1, 10);
  const asked = Math.min(Math.max(retryAfterSeconds ?? 0, 0), LONGEST_RETRY_AFTER_SECONDS);
  return Math.ceil(Math.max(Math.min(doubled, LONGEST_BACK_OFF_SECONDS), asked));
}

/** The feed could not be fetched or read: everything that it gave before stays, and it is asked again later. */
export async function recordFailure(
  db: Database,
  id: SourceId,
  failure: { now: Temporal.Instant; error: string; retryAfterSeconds: number | null },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const source = await trx
      .selectFrom('sources')
      .select('failures')
      .where('id', '=', id)
      .where('state', '<>', 'removed')
      .forUpdate()
      .executeTakeFirst();
    if (source === undefined) return;
    const failures = source.failures + 1;
    const seconds = backOffSeconds(failures, failure.retryAfterSeconds);
    await trx
      .updateTable('sources')
      .set({
        failures,
        state: failures >= SICK_AFTER ? 'sick' : 'active',
        last_error: failure.error.slice(0, 1_000),
        fetched_at: failure.now,
        next_at: failure.now.add({ seconds }),
      })
      .where('id', '=', id)
      .execute();
  });
}
