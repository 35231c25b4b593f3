import type { Selectable } from 'kysely';
import type { NewsletterId, SubscriptionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import type { SubscriptionsTable } from '../store/tables.ts';

export const SUBSCRIPTION_STATES = ['pending', 'active', 'paused', 'unsubscribed'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** One line of a newsletter's list. */
export interface Listed {
  /** Of the subscription: also where the next page begins. */
  readonly id: SubscriptionId;
  readonly email: string;
  readonly name: string | null;
  readonly state: SubscriptionState;
  readonly topics: readonly string[];
  readonly pace: Selectable<SubscriptionsTable>['pace'];
  readonly timeZone: string | null;
  readonly locale: string | null;
  readonly createdAt: Temporal.Instant;
  readonly unsubscribedAt: Temporal.Instant | null;
}

export interface ListPage {
  readonly subscribers: readonly Listed[];
  /** `after` of the next page; null when this is the last. */
  readonly next: SubscriptionId | null;
}

/**
 * A page of a newsletter's list, oldest subscription first. People who were erased are not on it.
 * @param of `state` null means all; `after` is the last page's `next`, or null; `limit` is a number of lines.
 */
export async function listSubscribers(
  db: Database,
  of: {
    newsletterId: NewsletterId;
    state: SubscriptionState | null;
    limit: number;
    after: SubscriptionId | null;
  },
): Promise<ListPage> {
  const { newsletterId, state, limit, after } = of;
  const rows = await db
    .selectFrom('subscriptions as s')
    .innerJoin('subscribers as p', 'p.id', 's.subscriber_id')
    .select([
      's.id',
      'p.email',
      'p.name',
      's.state',
      's.topics',
      's.pace',
      'p.time_zone as timeZone',
      'p.locale',
    ])
    .select(['s.created_at as createdAt', 's.unsubscribed_at as unsubscribedAt'])
    .where('s.newsletter_id', '=', newsletterId)
    .where('p.erased_at', 'is', null)
    .$if(state !== null, (query) => query.where('s.state', '=', state))
    .$if(after !== null, (query) => query.where('s.id', '>', after))
    .orderBy('s.id')
    .limit(limit + 1)
    .execute();
  const subscribers = rows.slice(0, limit);
  return { subscribers, next: rows.length > limit ? (subscribers.at(-1)?.id ?? null) : null };
}
