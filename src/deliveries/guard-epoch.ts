import { randomUUID } from 'node:crypto';
import type { Log } from '../ground/log.ts';
import { markEpoch, readEpoch } from '../queue/epoch.ts';
import type { Queues } from '../queue/queues.ts';
import type { Database } from '../store/database.ts';
import { forgetOffers } from './sweep.ts';

const NAME = 'queue_epoch';

/**
 * Notices a queue that was lost (flushed, restarted empty, another backend): its epoch is missing, or another than the
 * database's. Then everything that is not finished is offered anew; the claim stops doubles.
 */
export async function guardEpoch(deps: { db: Database; queues: Queues; log: Log }): Promise<void> {
  const { db, queues, log } = deps;
  const ours = await db.selectFrom('settings').select('value').where('name', '=', NAME).executeTakeFirst();
  const found = await readEpoch(queues);
  if (ours !== undefined && found === ours.value) return;
  const epoch = found ?? (await markEpoch(queues, randomUUID()));
  if (epoch === null) return;
  const offered = await forgetOffers(db);
  await db
    .insertInto('settings')
    .values({ name: NAME, value: epoch })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: epoch }))
    .execute();
  if (ours !== undefined)
    log.warn({ deliveries: offered }, 'the queue was lost: it is rebuilt from the ledger');
}
