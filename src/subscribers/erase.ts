import { sql } from 'kysely';
import { Problem } from '../ground/errors.ts';
import type { SubscriberId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import { parseEmail } from './email.ts';
import type { KeyHash } from './key-hash.ts';
import { noSubscriber } from './subscribers.ts';

/** What stands where an address stood: no address, so that nothing could be mailed to it by mistake. */
const ERASED = 'erased';

/**
 * Erases a person: address, name and attributes are gone from their row and from the ledger, every subscription is
 * ended, and the address's hash is kept as suppressed, so that no later import brings them back. The ledger's counts stay true.
 * @throws Problem `bad_input`; `not_found`; `conflict` while a mail to them is being sent, when nothing is erased.
 */
export async function eraseSubscriber(
  deps: { db: Database; keyHash: KeyHash },
  address: string,
): Promise<void> {
  const { email, key } = parseEmail(address);
  await deps.db.transaction().execute(async (tx) => {
    const person = await tx
      .selectFrom('subscribers')
      .select('id')
      .where('email_key', '=', key)
      .forUpdate()
      .executeTakeFirst();
    if (person === undefined) throw noSubscriber(email);
    await suppressForEver(tx, deps.keyHash(key));
    await endSubscriptions(tx, person.id);
    await clearLedger(tx, person.id);
    await clearPerson(tx, person.id, deps.keyHash);
  });
}

async function suppressForEver(tx: Database, keyHash: Buffer): Promise<void> {
  const erased = { scope: 'everything', reason: 'erased', evidence: '' } as const;
  await tx
    .insertInto('suppressions')
    .values({ key_hash: keyHash, ...erased })
    .onConflict((oc) => oc.column('key_hash').doUpdateSet(erased))
    .execute();
}

async function endSubscriptions(tx: Database, id: SubscriberId): Promise<void> {
  await sql`
    with ended as (
      update subscriptions set state = 'unsubscribed', unsubscribed_at = now()
       where subscriber_id = ${id} and state <> 'unsubscribed' returning id)
    insert into consents (subscription_id, kind, evidence) select id, 'unsubscribed', 'erased' from ended`.execute(
    tx,
  );
  await tx
    .updateTable('subscriptions')
    .set({ topics: [], hour: null })
    .where('subscriber_id', '=', id)
    .execute();
}

/**
 * Waiting rows can lose their address as well: the claim refuses who has left. A row in the middle of being sent
 * still needs it, and would keep it for ever, so the whole has to wait for that one mail.
 */
async function clearLedger(tx: Database, id: SubscriberId): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ email: ERASED })
    .where('subscriber_id', '=', id)
    .where('state', '<>', 'sending')
    .execute();
  const busy = await tx
    .selectFrom('deliveries')
    .select('id')
    .where('subscriber_id', '=', id)
    .where('state', '=', 'sending')
    .executeTakeFirst();
  if (busy !== undefined)
    throw new Problem(
      'conflict',
      'A mail to this person is being sent at this moment. Nothing was erased: try again in a minute.',
    );
}

async function clearPerson(tx: Database, id: SubscriberId, keyHash: KeyHash): Promise<void> {
  const gone = `${ERASED}:${id}`;
  await tx
    .updateTable('subscribers')
    .set({
      email: ERASED,
      email_key: gone,
      key_hash: keyHash(gone),
      name: null,
      locale: null,
      time_zone: null,
    })
    .set({ attributes: '{}', erased_at: sql<Temporal.Instant>`now()` })
    .where('id', '=', id)
    .execute();
}
