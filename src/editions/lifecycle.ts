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

/** What a person may do with an edition as it stands. */
const ADVICE: Readonly<Record<EditionState, string>> = {
  draft: 'Send it with: npx broadsheet edition send',
  in_review: 'Send it with: npx broadsheet edition send',
  approved:
    'It goes out when its time has come and npx broadsheet start runs. See: npx broadsheet edition status',
  sending: 'See how it goes: npx broadsheet edition status',
  paused: 'Go on with it: npx broadsheet edition resume',
  sent: 'See what came of it: npx broadsheet edition status',
  cancelled: 'See what it carried: npx broadsheet edition show',
  skipped: 'See what it carried: npx broadsheet edition show',
  failed: 'See what it carried: npx broadsheet edition show',
};

/**
 * The Problem (`conflict`) of an edition whose state does not allow what was asked, with what is possible instead.
 * @param verb `paused`, `sent again`.
 */
export async function stateConflict(db: Database, id: EditionId, verb: string): Promise<Problem> {
  const { slug, number, state, reason } = await db
    .selectFrom('editions as e')
    .innerJoin('newsletters as n', 'n.id', 'e.newsletter_id')
    .select(['n.slug', 'e.number', 'e.state', 'e.reason'])
    .where('e.id', '=', id)
    .executeTakeFirstOrThrow();
  const name = `${slug}#${number}`;
  return new Problem(
    'conflict',
    `${name} ${standing(state, reason ?? '')}. It cannot be ${verb}. Nothing was changed. ${ADVICE[state]} ${name}`,
  );
}

function standing(state: EditionState, reason: string): string {
  const why = reason.replace(/\.$/, '');
  if (state === 'skipped') return `was skipped: ${why}`;
  if (state === 'failed') return `failed: ${why}`;
  return `is ${state === 'draft' ? 'a draft' : state.replace('_', ' ')}`;
}

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
  if (row === undefined) throw await stateConflict(db, id, change.verb);
}

/** Sets when an approved edition may go out (null: at once). One that goes out already is left alone. */
export async function setSendTime(
  db: Database,
  id: EditionId,
  sendAt: Temporal.Instant | null,
): Promise<void> {
  await db
    .updateTable('editions')
    .set((eb) => ({ send_at: sendAt ?? sql`now()`, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'approved')
    .execute();
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
    .where('newsletter_id', 'in', (eb) =>
      eb.selectFrom('newsletters').select('newsletters.id').where('removed_at', 'is', null),
    )
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

/** Sends again from an edition that was sent: its failed deliveries, or doubts that were decided so. One that is paused stays so. */
export async function reopenEdition(db: Database, id: EditionId): Promise<void> {
  const { state } = await db
    .selectFrom('editions')
    .select('state')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (state === 'sending' || state === 'paused') return;
  await move(db, id, ['sent'], { to: 'sending', verb: 'sent again', finish: false });
}

/** Deliveries that an edition still waits for; doubts only where the newsletter's policy sends them again. */
const OPEN = sql`(
  select coalesce(sum(t.n), 0) from edition_tallies t
   where t.edition_id = e.id
     and (t.state in ('queued', 'deferred', 'sending') or t.state = 'unsure' and n.unsure_policy = 'resend'))`;

/**
 * Says `sent` of every edition whose counts add up: fan-out done and nobody queued, deferred or under way.
 * @returns the editions that are now sent.
 */
export async function finishEditions(db: Database): Promise<EditionId[]> {
  const { rows } = await sql<{ id: EditionId }>`
    select e.id from editions e join newsletters n on n.id = e.newsletter_id
     where e.state = 'sending' and e.fan_out_done and 0 = ${OPEN}`.execute(db);
  const finished: EditionId[] = [];
  for (const { id } of rows) if (await finishEdition(db, id)) finished.push(id);
  return finished;
}

/** Counts once more under the edition's lock: somebody may have sent it again since it was found. */
async function finishEdition(db: Database, id: EditionId): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await trx.selectFrom('editions').select('id').where('id', '=', id).forUpdate().execute();
    const { rows } = await sql`
      update editions e set state = 'sent', finished_at = now(), version = e.version + 1
        from newsletters n
       where e.id = ${id} and n.id = e.newsletter_id and e.state = 'sending' and e.fan_out_done and 0 = ${OPEN}
      returning e.id`.execute(trx);
    return rows.length > 0;
  });
}

/**
 * Sends on with editions that were said to be sent while a late answer put a delivery back: nobody on a list is lost.
 * @returns the editions that are being sent again.
 */
export async function reopenUnfinished(db: Database): Promise<EditionId[]> {
  const { rows } = await sql<{ id: EditionId }>`
    update editions e set state = 'sending', finished_at = null, version = e.version + 1
      from newsletters n
     where n.id = e.newsletter_id and e.state = 'sent' and e.finished_at > now() - interval '2 days' and 0 <> ${OPEN}
    returning e.id`.execute(db);
  return rows.map((row) => row.id);
}
