import { type Selectable, sql } from 'kysely';
import { DEFAULT_SECTIONS } from '../articles/section.ts';
import { Problem } from '../ground/errors.ts';
import type { NewsletterId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import type { NewslettersTable } from '../store/tables.ts';
import { type Newsletter, newsletterOf } from './newsletter.ts';
import { type Checks, type NewsletterSettings, readSettings } from './settings.ts';
import { isSlug, quoted } from './values.ts';

export type { Newsletter } from './newsletter.ts';

interface Deps extends Checks {
  readonly db: Database;
}

const MOST_NAMED = 10;

/** What a new newsletter needs at least. */
export type NewNewsletter = NewsletterSettings & { slug: string; name: string; from: string };

function wrongSlug(slug: string): string {
  return `The slug ${quoted(slug)} must be 1 to 63 lower-case letters, digits and hyphens, such as weekly-dose.`;
}

/**
 * Adds a newsletter; what is not given gets the table's defaults and the three usual sections.
 * @throws Problem `bad_input` with every wrong field; `conflict` when the slug is or was in use.
 */
export async function addNewsletter(deps: Deps, input: NewNewsletter): Promise<Newsletter> {
  const columns = await readSettings(deps, input, isSlug(input.slug) ? [] : [wrongSlug(input.slug)]);
  const { name = input.name, from_email = '', from_name = name, sections } = columns;
  const row = await deps.db
    .insertInto('newsletters')
    .values({
      ...columns,
      slug: input.slug,
      name,
      from_email,
      from_name,
      sections: sections ?? JSON.stringify(DEFAULT_SECTIONS),
    })
    .onConflict((oc) => oc.column('slug').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) return newsletterOf(row);
  throw new Problem(
    'conflict',
    `The slug "${input.slug}" is taken, or was by a newsletter that has been removed. Nothing was saved: choose another.`,
  );
}

/** All newsletters that have not been removed, by slug. */
export async function listNewsletters(db: Database): Promise<Newsletter[]> {
  const rows = await db
    .selectFrom('newsletters')
    .selectAll()
    .where('removed_at', 'is', null)
    .orderBy('slug')
    .execute();
  return rows.map(newsletterOf);
}

async function unknown(db: Database, slug: string): Promise<Problem> {
  const rows = await db
    .selectFrom('newsletters')
    .select('slug')
    .where('removed_at', 'is', null)
    .orderBy('slug')
    .limit(MOST_NAMED + 1)
    .execute();
  const names = rows.slice(0, MOST_NAMED).map((row) => row.slug);
  const known =
    names.length === 0
      ? 'There are none yet: add one with broadsheet newsletter add.'
      : `Known: ${names.join(', ')}${rows.length > MOST_NAMED ? ' and more' : ''}. List them with broadsheet newsletter list.`;
  return new Problem('not_found', `There is no newsletter ${quoted(slug)}. ${known}`);
}

async function livingRow(db: Database, slug: string): Promise<Selectable<NewslettersTable>> {
  const row = isSlug(slug)
    ? await db
        .selectFrom('newsletters')
        .selectAll()
        .where('slug', '=', slug)
        .where('removed_at', 'is', null)
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw await unknown(db, slug);
  return row;
}

/**
 * The newsletter of a slug.
 * @throws Problem (`not_found`) that names those there are; a removed one is not found.
 */
export async function findNewsletter(db: Database, slug: string): Promise<Newsletter> {
  return newsletterOf(await livingRow(db, slug));
}

/**
 * The newsletter of an id, also when it has been removed: its editions remain.
 * @throws Problem (`not_found`).
 */
export async function newsletterById(db: Database, id: NewsletterId): Promise<Newsletter> {
  const row = await db.selectFrom('newsletters').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new Problem('not_found', `There is no newsletter with the id ${id}.`);
  return newsletterOf(row);
}

/**
 * Changes the fields that are given, and no other. A new schedule or time zone counts from now on.
 * @param change `version` is the one that the caller has seen; without it, whatever is stored now is changed.
 * @throws Problem `bad_input` with every wrong field; `not_found`; `conflict` when somebody else changed it meanwhile.
 */
export async function setNewsletter(
  deps: Deps,
  slug: string,
  change: NewsletterSettings & { version?: number | undefined },
): Promise<Newsletter> {
  const before = await livingRow(deps.db, slug);
  const columns = await readSettings(deps, change);
  const { schedule = before.schedule, time_zone = before.time_zone } = columns;
  const moved = schedule !== before.schedule || time_zone !== before.time_zone;
  const row = await deps.db
    .updateTable('newsletters')
    .set((eb) => ({
      ...columns,
      version: eb('version', '+', 1),
      ...(moved ? { scheduled_from: sql<Temporal.Instant>`now()` } : {}),
    }))
    .where('id', '=', before.id)
    .where('version', '=', change.version ?? before.version)
    .where('removed_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) return newsletterOf(row);
  throw new Problem(
    'conflict',
    `Somebody else changed "${slug}" meanwhile. Nothing was saved: look at it again, then repeat the change.`,
  );
}

/**
 * Removes a newsletter from every list and from the schedule. Its editions, subscriptions and ledger stay.
 * @throws Problem `not_found`; `conflict` while one of its editions is being sent or is paused.
 */
export async function removeNewsletter(db: Database, slug: string): Promise<Newsletter> {
  const { id } = await livingRow(db, slug);
  return db.transaction().execute(async (tx) => {
    await tx.selectFrom('newsletters').select('id').where('id', '=', id).forUpdate().execute();
    const busy = await tx
      .selectFrom('editions')
      .select(['number', 'state'])
      .where('newsletter_id', '=', id)
      .where('state', 'in', ['sending', 'paused'])
      .executeTakeFirst();
    if (busy !== undefined) throw stillBusy(slug, busy.number, busy.state);
    const row = await tx
      .updateTable('newsletters')
      .set((eb) => ({ removed_at: sql<Temporal.Instant>`now()`, version: eb('version', '+', 1) }))
      .where('id', '=', id)
      .where('removed_at', 'is', null)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw await unknown(tx, slug);
    return newsletterOf(row);
  });
}

function stillBusy(slug: string, number: number, state: string): Problem {
  const doing = state === 'paused' ? 'is paused in the middle of sending' : 'is being sent';
  return new Problem(
    'conflict',
    `Edition ${slug}#${number} ${doing}. "${slug}" was not removed: wait for its end, or cancel it with broadsheet edition cancel "${slug}#${number}".`,
  );
}
