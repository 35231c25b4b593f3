import { sql } from 'kysely';
import { isId, type SubscriptionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';

/** By which mail and which door a person left. */
export interface LeaveEvidence {
  readonly editionId: string | null;
  readonly deliveryId: string | null;
  readonly how: 'one-click' | 'page' | 'command';
}

/** Who left what. */
export interface Left {
  readonly newsletter: { readonly name: string; readonly slug: string };
  readonly email: string;
}

function sentenceOf(evidence: LeaveEvidence): string {
  const edition = evidence.editionId === null ? '' : `, edition ${evidence.editionId}`;
  const delivery = evidence.deliveryId === null ? '' : `, delivery ${evidence.deliveryId}`;
  return `${evidence.how}${edition}${delivery}`;
}

/**
 * Ends a subscription at once and for good, and notes how; a second time changes nothing and answers the same.
 * Mails that still wait for this person are stopped when they are claimed.
 * @returns who left what, or null when there is no such subscription.
 */
export async function unsubscribe(
  deps: { db: Database },
  subscriptionId: string,
  evidence: LeaveEvidence,
): Promise<Left | null> {
  if (!isId<SubscriptionId>(subscriptionId)) return null;
  return deps.db.transaction().execute(async (tx) => {
    const left = await tx
      .updateTable('subscriptions')
      .set({ state: 'unsubscribed', unsubscribed_at: sql<Temporal.Instant>`now()` })
      .where('id', '=', subscriptionId)
      .where('state', '<>', 'unsubscribed')
      .returning('id')
      .executeTakeFirst();
    if (left !== undefined)
      await tx
        .insertInto('consents')
        .values({ subscription_id: left.id, kind: 'unsubscribed', evidence: sentenceOf(evidence) })
        .execute();
    return whoLeft(tx, subscriptionId);
  });
}

async function whoLeft(tx: Database, id: SubscriptionId): Promise<Left | null> {
  const row = await tx
    .selectFrom('subscriptions')
    .innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
    .innerJoin('newsletters', 'newsletters.id', 'subscriptions.newsletter_id')
    .select(['newsletters.name', 'newsletters.slug', 'subscribers.email'])
    .where('subscriptions.id', '=', id)
    .executeTakeFirst();
  return row === undefined ? null : { newsletter: { name: row.name, slug: row.slug }, email: row.email };
}
