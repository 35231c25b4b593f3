import type { Selectable } from 'kysely';
import { Problem } from '../ground/errors.ts';
import type { NewsletterId, SubscriberId, SubscriptionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import type { ConsentsTable, SubscriptionsTable, SuppressionsTable } from '../store/tables.ts';
import { type Added, addBatch, type Consent } from './add-batch.ts';
import { readLocale, readName, readTimeZone, readTopics } from './attributes.ts';
import { parseEmail } from './email.ts';
import type { KeyHash } from './key-hash.ts';

export type { Added } from './add-batch.ts';

/** A person to add to a newsletter, as given. `topics` empty means no choice. */
export interface NewSubscriber {
  readonly newsletterId: NewsletterId;
  readonly email: string;
  readonly name: string | null;
  readonly timeZone: string | null;
  readonly locale: string | null;
  readonly topics: readonly string[];
  readonly consent: Consent;
  /** Where the consent came from, for the record. */
  readonly evidence: string;
}

function required(what: string, text: string | null, read: (text: string) => string | null): string | null {
  if (text === null) return null;
  const value = read(text);
  if (value !== null) return value;
  const shown = text.toWellFormed().replace(/\p{C}/gu, '?').slice(0, 60);
  throw new Problem('bad_input', `"${shown}" is not ${what}. Nothing was added.`);
}

/**
 * Adds one person to a newsletter. A suppressed address is not added, and one who has left stays away (`unchanged`).
 * Consent is noted when the subscription becomes active by this.
 * @throws Problem (`bad_input`) for an address, time zone or language that is none.
 */
export async function addSubscriber(
  deps: { db: Database; keyHash: KeyHash },
  given: NewSubscriber,
): Promise<Added> {
  const { email, key } = parseEmail(given.email);
  const person = {
    email,
    key,
    name: readName(given.name ?? ''),
    timeZone: required('a time zone that is known here, such as Europe/Madrid', given.timeZone, readTimeZone),
    locale: required('a language, such as en or pt-BR', given.locale, readLocale),
    topics: readTopics(given.topics),
    evidence: given.evidence,
  };
  const { newsletterId, consent } = given;
  const outcomes = await addBatch(deps, { newsletterId, consent, people: [person] });
  return outcomes.get(key) ?? 'unchanged';
}

/** One subscription of a person, with how its consent came and went. */
interface Subscribed {
  readonly id: SubscriptionId;
  /** Slug. */
  readonly newsletter: string;
  readonly state: Selectable<SubscriptionsTable>['state'];
  readonly topics: readonly string[];
  readonly pace: Selectable<SubscriptionsTable>['pace'];
  readonly createdAt: Temporal.Instant;
  readonly unsubscribedAt: Temporal.Instant | null;
  readonly consents: readonly Pick<Selectable<ConsentsTable>, 'kind' | 'evidence' | 'at'>[];
}

/** Everything that is known about one person. */
export interface Subscriber {
  readonly id: SubscriberId;
  readonly email: string;
  readonly name: string | null;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly createdAt: Temporal.Instant;
  readonly subscriptions: readonly Subscribed[];
  /** Why this address is not mailed, whatever list it is on; null when it may be. */
  readonly suppression: Pick<Selectable<SuppressionsTable>, 'scope' | 'reason' | 'at'> | null;
}

async function subscriptionsOf(db: Database, id: SubscriberId): Promise<Subscribed[]> {
  const rows = await db
    .selectFrom('subscriptions')
    .innerJoin('newsletters', 'newsletters.id', 'subscriptions.newsletter_id')
    .select(['subscriptions.id', 'newsletters.slug as newsletter', 'subscriptions.state', 'topics', 'pace'])
    .select(['subscriptions.created_at as createdAt', 'unsubscribed_at as unsubscribedAt'])
    .where('subscriber_id', '=', id)
    .orderBy('subscriptions.id')
    .execute();
  const consents = await db
    .selectFrom('consents')
    .innerJoin('subscriptions', 'subscriptions.id', 'consents.subscription_id')
    .select(['subscription_id', 'kind', 'evidence', 'at'])
    .where('subscriber_id', '=', id)
    .orderBy('consents.id')
    .execute();
  const byId = Map.groupBy(consents, (row) => row.subscription_id);
  return rows.map((row) => ({
    ...row,
    consents: (byId.get(row.id) ?? []).map(({ kind, evidence, at }) => ({ kind, evidence, at })),
  }));
}

/** The Problem of an address that nobody here has. */
export function noSubscriber(email: string): Problem {
  return new Problem('not_found', `There is no subscriber with the address ${email}.`);
}

/**
 * Everything that is known about the person with an address.
 * @throws Problem `bad_input` for what is no address; `not_found`.
 */
export async function showSubscriber(db: Database, address: string): Promise<Subscriber> {
  const { email, key } = parseEmail(address);
  const row = await db
    .selectFrom('subscribers')
    .leftJoin('suppressions', 'suppressions.key_hash', 'subscribers.key_hash')
    .select(['id', 'email', 'name', 'locale', 'time_zone', 'created_at', 'scope', 'reason', 'at'])
    .where('email_key', '=', key)
    .executeTakeFirst();
  if (row === undefined) throw noSubscriber(email);
  const { id, name, locale, scope, reason, at } = row;
  return {
    id,
    email: row.email,
    name,
    locale,
    timeZone: row.time_zone,
    createdAt: row.created_at,
    subscriptions: await subscriptionsOf(db, id),
    suppression: scope && reason && at ? { scope, reason, at } : null,
  };
}

/**
 * The id of a person's subscription to a newsletter, in whatever state.
 * @throws Problem `bad_input` for what is no address; `not_found`.
 */
export async function findSubscription(
  db: Database,
  of: { newsletterId: NewsletterId; email: string },
): Promise<SubscriptionId> {
  const { email, key } = parseEmail(of.email);
  const row = await db
    .selectFrom('subscriptions')
    .innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
    .select('subscriptions.id')
    .where('newsletter_id', '=', of.newsletterId)
    .where('email_key', '=', key)
    .executeTakeFirst();
  if (row === undefined)
    throw new Problem('not_found', `${email} is not on the list of this newsletter. Nothing was changed.`);
  return row.id;
}
