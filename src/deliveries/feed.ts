import { sql } from 'kysely';
import { messageOf } from '../ground/errors.ts';
import type { Log } from '../ground/log.ts';
import type { Queues } from '../queue/queues.ts';
import type { Database } from '../store/database.ts';
import { type DeliveryRef, deliveryJobId, deliverySend } from './jobs.ts';

export interface FeedDeps {
  readonly db: Database;
  readonly queues: Queues;
  readonly log: Log;
  /** Jobs in the queue at once. */
  readonly queueAhead: number;
}

/** Any number that nobody else in the database locks: one feeder at a time. */
const FEEDER_LOCK = 724_031_906;

/**
 * Offers due deliveries to the queue, as many as it has room for, in turns between the editions that are being sent.
 * The stamp is committed before the jobs are added: a death in between leaves rows that the sweep offers again.
 * @returns how many were offered.
 */
export async function feed(deps: FeedDeps): Promise<number> {
  const room = deps.queueAhead - (await deps.queues.backlog(deliverySend));
  if (room <= 0) return 0;
  const refs = await stampDue(deps.db, room);
  try {
    await deps.queues.add(
      deliverySend,
      refs.map((ref) => ({ id: deliveryJobId(ref.id), payload: ref })),
    );
  } catch (error) {
    deps.log.warn({ error: messageOf(error) }, 'the queue took no deliveries; they are offered again');
    await unstamp(deps.db, refs);
  }
  return refs.length;
}

/** Each edition gives its longest-due rows; the n-th of every edition comes before the (n + 1)-th of any. */
async function stampDue(db: Database, room: number): Promise<DeliveryRef[]> {
  return db.transaction().execute(async (trx) => {
    const lock = await sql<{
      mine: boolean;
    }>`select pg_try_advisory_xact_lock(${FEEDER_LOCK}) as mine`.execute(trx);
    if (!lock.rows[0]?.mine) return [];
    const { rows } = await sql<DeliveryRef>`
      with due as (
        select e.id as edition_id, x.id, row_number() over (partition by e.id order by x.due_at, x.id) as turn
          from editions e
         cross join lateral (
           select d.id, d.due_at from deliveries d
            where d.edition_id = e.id and d.state in ('queued', 'deferred') and d.enqueued_at is null and d.due_at <= now()
            order by d.due_at limit ${room}) x
         where e.state = 'sending'),
      chosen as (select edition_id, id from due order by turn, edition_id limit ${room})
      update deliveries d set enqueued_at = now()
        from chosen c where d.edition_id = c.edition_id and d.id = c.id
      returning d.edition_id as "editionId", d.id`.execute(trx);
    return rows;
  });
}

async function unstamp(db: Database, refs: readonly DeliveryRef[]): Promise<void> {
  await sql`
    update deliveries d set enqueued_at = null
      from unnest(${refs.map((ref) => ref.editionId)}::int8[], ${refs.map((ref) => ref.id)}::int8[]) as w(edition_id, id)
     where d.edition_id = w.edition_id and d.id = w.id and d.state in ('queued', 'deferred')`.execute(db);
}
