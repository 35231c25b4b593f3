import { sql } from 'kysely';
import type { EditionId } from '../ground/ids.ts';
import type { Newsletter } from '../newsletters/newsletters.ts';
import type { Database } from '../store/database.ts';

/** The first window of a newsletter reaches back so far. */
const FIRST_WINDOW_HOURS = 7 * 24;

/** What kind of edition, and over which stretch of time `[from, to)`. */
export type NewEdition =
  | { readonly kind: 'regular'; readonly slot: Temporal.Instant }
  | { readonly kind: 'manual'; readonly from: Temporal.Instant | null; readonly to: Temporal.Instant };

/** They carried nothing to anybody, so their time is covered again. */
const EMPTY_STATES = ['skipped', 'cancelled', 'failed'] as const;

/**
 * Where a window that ends at `to` begins: at the end of the last regular edition before it that carried something;
 * where none did yet, where the first of them would have begun; at first seven days back.
 */
async function windowStart(
  db: Database,
  newsletter: Pick<Newsletter, 'id'>,
  to: Temporal.Instant,
): Promise<Temporal.Instant> {
  const { carried, empty } = await db
    .selectFrom('editions')
    .select(({ fn }) => [
      fn.max('to_at').filterWhere('state', 'not in', EMPTY_STATES).as('carried'),
      fn.min('from_at').filterWhere('state', 'in', EMPTY_STATES).as('empty'),
    ])
    .where('newsletter_id', '=', newsletter.id)
    .where('kind', '=', 'regular')
    .where('to_at', '<', to)
    .executeTakeFirstOrThrow();
  return carried ?? empty ?? to.subtract({ hours: FIRST_WINDOW_HOURS });
}

/**
 * Makes the draft of an edition, not yet composed. Numbers have no gaps: they are given under the newsletter's row lock.
 * @returns its id, or null when the edition of that slot exists already: one tick, one edition, however many schedulers.
 */
export async function createEdition(
  db: Database,
  newsletter: Pick<Newsletter, 'id'>,
  wanted: NewEdition,
): Promise<EditionId | null> {
  return db.transaction().execute(async (trx) => {
    await trx
      .selectFrom('newsletters')
      .select('id')
      .where('id', '=', newsletter.id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const to = wanted.kind === 'regular' ? wanted.slot : wanted.to;
    const from = (wanted.kind === 'manual' ? wanted.from : null) ?? (await windowStart(trx, newsletter, to));
    const number = sql<number>`(select coalesce(max(number), 0) + 1 from editions where newsletter_id = ${newsletter.id})`;
    const row = await trx
      .insertInto('editions')
      .values({
        newsletter_id: newsletter.id,
        number,
        kind: wanted.kind,
        slot_at: wanted.kind === 'regular' ? wanted.slot : null,
        from_at: from,
        to_at: to,
      })
      .onConflict((conflict) =>
        conflict.columns(['newsletter_id', 'slot_at']).where('kind', '=', 'regular').doNothing(),
      )
      .returning('id')
      .executeTakeFirst();
    return row?.id ?? null;
  });
}
