import { sql } from 'kysely';
import { Problem } from '../ground/errors.ts';
import type { EditionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';

/**
 * The life of an edition:
 *
 * ```
 *   draft ──▶ in_review ──▶ approved ──▶ sending ◀──▶ paused
 *     │  └────────────────────▲             │ └──▶ sent ──retry, resend──▶ sending
 *     └──▶ skipped, failed                  └────▶ cancelled (also from every state before)
 * ```
 */
export type EditionState =
  | 'draft'
  | 'in_review'
  | 'approved'
  | 'sending'
  | 'paused'
  | 'sent'
  | 'cancelled'
  | 'skipped'
  | 'failed';

const CANCELLABLE: readonly EditionState[] = ['draft', 'in_review', 'approved', 'sending', 'paused'];

/** Moves an edition when it stands in one of `from`; a state that does not allow it is told in one sentence. */
async function move(
  db: Database,
  id: EditionId,
  from: readonly EditionState[],
  change: { to: EditionState; verb: string; finish?: boolean },
): Promise<void> {
  const row = await db
    .updateTable('editions')
    .set((eb) => ({
      state: change.to,
      version: eb('version', '+', 1),
      ...(change.finish === undefined ? {} : { finished_at: change.finish ? sql`now()` : null }),
    }))
    .where('id', '=', id)
    .where('state', 'in', [...from])
    .returning('id')
    .executeTakeFirst();
  if (row !== undefined) return;
  const { state } = await db
    .selectFrom('editions')
    .select('state')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  throw new Problem(
    'conflict',
    `The edition is ${state.replace('_', ' ')}: it cannot be ${change.verb}. Nothing was changed.`,
  );
}

/**
 * Starts sending an approved edition. Doing it twice is no error: the second finds it sending.
 * @returns whether this call started it.
 */
export async function startSending(db: Database, id: EditionId): Promise<boolean> {
  const row = await db
    .updateTable('editions')
    .set((eb) => ({ state: 'sending', started_at: sql`now()`, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'approved')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Stops claims within a second; what is already with a server ends. */
export async function pauseEdition(db: Database, id: EditionId): Promise<void> {
  await move(db, id, ['sending'], { to: 'paused', verb: 'paused' });
}

/** Goes on with a paused edition. */
export async function resumeEdition(db: Database, id: EditionId): Promise<void> {
  await move(db, id, ['paused'], { to: 'sending', verb: 'resumed' });
}

/** Ends an edition: nobody more is mailed. */
export async function cancelEdition(db: Database, id: EditionId): Promise<void> {
  await move(db, id, CANCELLABLE, { to: 'cancelled', verb: 'cancelled', finish: true });
}

/** Sends again from an edition that was sent: its failed deliveries, or doubts that were decided so. */
export async function reopenEdition(db: Database, id: EditionId): Promise<void> {
  await move(db, id, ['sent', 'sending', 'paused'], { to: 'sending', verb: 'sent again', finish: false });
}

/**
 * Says `sent` of every edition whose counts add up: fan-out done and nobody queued, deferred or under way. Doubts are
 * waited for only where the newsletter's policy sends them again.
 * @returns the editions that are now sent.
 */
export async function finishEditions(db: Database): Promise<EditionId[]> {
  const { rows } = await sql<{ id: EditionId }>`
    update editions e set state = 'sent', finished_at = now(), version = e.version + 1
      from newsletters n
     where n.id = e.newsletter_id and e.state = 'sending' and e.fan_out_done
       and 0 = (select coalesce(sum(t.n), 0) from edition_tallies t
                 where t.edition_id = e.id
                   and (t.state in ('queued', 'deferred', 'sending') or t.state = 'unsure' and n.unsure_policy = 'resend'))
    returning e.id`.execute(db);
  return rows.map((row) => row.id);
}
