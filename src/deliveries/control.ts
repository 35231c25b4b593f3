import { sql } from 'kysely';
import { cancelEdition, reopenEdition, resumeEdition } from '../editions/lifecycle.ts';
import { Problem } from '../ground/errors.ts';
import type { DeliveryId, EditionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import { editionOf } from './view.ts';

/** Goes on with a paused edition: what stood still is offered to the queue at once. */
export async function resume(db: Database, id: EditionId): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await resumeEdition(trx, id);
    await forgetOffersOf(trx, id);
  });
}

/** Ends an edition: queued and deferred deliveries are `cancelled`; those already with a server end as they will. */
export async function cancel(db: Database, id: EditionId): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await cancelEdition(trx, id);
    const { rows } = await sql`
      update deliveries set state = 'cancelled', finished_at = now(), reason = 'the edition was cancelled'
       where edition_id = ${id} and state in ('queued', 'deferred') returning id`.execute(trx);
    return rows.length;
  });
}

/**
 * Tries an edition's failed deliveries again, and those put off at once. Bounced, suppressed and unsure ones are left alone.
 * @returns how many are queued again.
 */
export async function retry(db: Database, id: EditionId): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await reopenEdition(trx, id);
    const { rows } = await sql`
      update deliveries
         set state = 'queued', tries = 0, finished_at = null, enqueued_at = null, due_at = now(), send_at = now(), reason = null
       where edition_id = ${id} and state in ('failed', 'deferred') returning id`.execute(trx);
    return rows.length;
  });
}

/** What a person knows of a mail whose answer was lost. */
export type UnsureDecision = 'sent' | 'resend';

/**
 * Decides an unsure delivery: it was sent (kept as the person's word), or it is to be sent again (and stays a doubt).
 * @throws Problem (`conflict`) when it is not unsure.
 */
export async function decideUnsure(db: Database, id: DeliveryId, decision: UnsureDecision): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('deliveries')
      .select(['edition_id', 'state', 'claim'])
      .where('edition_id', '=', await editionOf(trx, id))
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (row.state !== 'unsure')
      throw new Problem('conflict', `Delivery ${id} is ${row.state}, not unsure. Nothing was changed.`);
    const update = trx
      .updateTable('deliveries')
      .where('edition_id', '=', row.edition_id)
      .where('id', '=', id);
    if (decision === 'sent') {
      await update.set({ state: 'sent', finished_at: sql`now()`, reason: 'decided by a person' }).execute();
      await trx
        .insertInto('attempts')
        .values({
          edition_id: row.edition_id,
          delivery_id: id,
          n: row.claim,
          outcome: 'decided',
          reply: 'decided by a person: it was sent',
        })
        .execute();
      return;
    }
    await reopenEdition(trx, row.edition_id);
    await update
      .set((eb) => ({
        state: 'queued',
        doubts: eb('doubts', '+', 1),
        enqueued_at: null,
        due_at: sql`now()`,
        reason: null,
      }))
      .execute();
  });
}

async function forgetOffersOf(trx: Database, id: EditionId): Promise<void> {
  await sql`
    update deliveries set enqueued_at = null
     where edition_id = ${id} and state in ('queued', 'deferred') and enqueued_at is not null`.execute(trx);
}
