import { sql } from 'kysely';
import { Problem } from '../ground/errors.ts';
import type { DeliveryId, EditionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import type { DeliveryState } from './states.ts';

/** A page of an edition's deliveries, in id order. */
export async function listDeliveries(
  db: Database,
  filter: {
    editionId: EditionId;
    state?: DeliveryState | undefined;
    after?: DeliveryId | undefined;
    limit: number;
  },
) {
  const { editionId, state, after, limit } = filter;
  return db
    .selectFrom('deliveries')
    .select([
      'id',
      'email',
      'state',
      'tries',
      'doubts',
      'due_at as dueAt',
      'finished_at as finishedAt',
      'reason',
    ])
    .where('edition_id', '=', editionId)
    .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'queued'))
    .$if(after !== undefined, (query) => query.where('id', '>', after ?? ('0' as DeliveryId)))
    .orderBy('id')
    .limit(limit)
    .execute();
}

/**
 * Which edition a delivery belongs to. The ledger is ordered by edition first, so each edition is asked by its primary key:
 * some thousand probes, where a search by id alone would read every row, and an index for it would cost a gigabyte.
 * @throws Problem (`not_found`).
 */
export async function editionOf(db: Database, id: DeliveryId): Promise<EditionId> {
  const { rows } = await sql<{ id: EditionId }>`
    select e.id from editions e
     cross join lateral (select from deliveries d where d.edition_id = e.id and d.id = ${id} limit 1) found
     limit 1`.execute(db);
  const edition = rows[0]?.id;
  if (edition !== undefined) return edition;
  throw new Problem(
    'not_found',
    `There is no delivery ${id}. See: npx broadsheet delivery list --edition ID`,
  );
}

/**
 * One delivery with each of its attempts: time, relay, and the server's own words.
 * @throws Problem (`not_found`).
 */
export async function showDelivery(db: Database, id: DeliveryId) {
  const editionId = await editionOf(db, id);
  const delivery = await db
    .selectFrom('deliveries')
    .select([
      'edition_id as editionId',
      'id',
      'email',
      'state',
      'tries',
      'claim',
      'doubts',
      'due_at as dueAt',
      'handed_over_at as handedOverAt',
      'finished_at as finishedAt',
      'reason',
    ])
    .where('edition_id', '=', editionId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const attempts = await db
    .selectFrom('attempts as a')
    .leftJoin('relays as r', 'r.id', 'a.relay_id')
    .select([
      'a.n',
      'a.at',
      'a.took_ms as tookMs',
      'a.outcome',
      'r.name as relay',
      'a.code',
      'a.enhanced',
      'a.reply',
      'a.queue_id as queueId',
    ])
    .where('a.edition_id', '=', delivery.editionId)
    .where('a.delivery_id', '=', id)
    .orderBy('a.at')
    .execute();
  return { ...delivery, attempts };
}
