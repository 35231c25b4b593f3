import { sql } from 'kysely';
import type { NewsletterId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import type { KeyHash } from './key-hash.ts';

/** How it is known that a person wants to be mailed. */
export type Consent = 'confirmed' | 'imported';

/** What adding one person to a newsletter came to. One who has left is `unchanged`: only they can come back. */
export type Added = 'added' | 'updated' | 'unchanged' | 'suppressed';

/** A person to be added, everything read and clean. Empty fields leave what is stored. */
export interface Person {
  readonly email: string;
  readonly key: string;
  readonly name: string | null;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly topics: readonly string[];
  /** For the record of consent: where it came from. */
  readonly evidence: string;
}

interface Deps {
  readonly db: Database;
  readonly keyHash: KeyHash;
}

interface Hashed extends Person {
  /** Hex, since arrays of bytea travel differently on the two engines. */
  readonly hash: string;
}

interface Key {
  readonly key: string;
}

const columnOf = <K extends keyof Hashed>(people: readonly Hashed[], name: K): Hashed[K][] =>
  people.map((person) => person[name]);

/** How a person stands with the newsletter before the batch. */
interface Standing extends Key {
  readonly suppressed: boolean;
  /** Of the subscription; null when there is none. */
  readonly was: 'pending' | 'active' | 'paused' | 'unsubscribed' | null;
}

/**
 * Looks everybody up. Here and below each row does so by a subquery of its own, never by a join: on a list that grows
 * faster than its statistics a join scans all of it for every batch (at 60,000 people that was 100 ms of 130).
 */
async function findStandings(
  tx: Database,
  newsletterId: NewsletterId,
  people: readonly Hashed[],
): Promise<Map<string, Standing>> {
  const { rows } = await sql<Standing>`
    select g.key,
           (select x.reason from suppressions x where x.key_hash = decode(g.hash, 'hex')) is not null as suppressed,
           (select s.state from subscriptions s
             where s.newsletter_id = ${newsletterId}
               and s.subscriber_id = (select p.id from subscribers p where p.email_key = g.key)) as was
      from unnest(${columnOf(people, 'key')}::text[], ${columnOf(people, 'hash')}::text[]) as g(key, hash)`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.key, row]));
}

/** Inserts people, and fills in what is new about known ones. @returns the keys of rows that changed. */
async function upsertPeople(tx: Database, people: readonly Hashed[]): Promise<Set<string>> {
  const { rows } = await sql<Key>`
    insert into subscribers as p (email, email_key, key_hash, name, locale, time_zone)
    select email, key, decode(hash, 'hex'), name, locale, time_zone
      from unnest(${columnOf(people, 'email')}::text[], ${columnOf(people, 'key')}::text[],
                  ${columnOf(people, 'hash')}::text[], ${columnOf(people, 'name')}::text[],
                  ${columnOf(people, 'locale')}::text[], ${columnOf(people, 'timeZone')}::text[])
        as g(email, key, hash, name, locale, time_zone)
    on conflict (email_key) do update
      set name = coalesce(excluded.name, p.name), locale = coalesce(excluded.locale, p.locale),
          time_zone = coalesce(excluded.time_zone, p.time_zone)
      where (coalesce(excluded.name, p.name), coalesce(excluded.locale, p.locale), coalesce(excluded.time_zone, p.time_zone))
            is distinct from (p.name, p.locale, p.time_zone)
    returning p.email_key as key`.execute(tx);
  return new Set(rows.map((row) => row.key));
}

/**
 * Inserts subscriptions, wakes pending ones, sets topics, and notes the consent of each that became active by it: one
 * statement, so that no subscription is ever active without its consent.
 * @returns for each row that changed whether it is new.
 */
async function upsertSubscriptions(
  tx: Database,
  of: { newsletterId: NewsletterId; consent: Consent; people: readonly (Hashed & Pick<Standing, 'was'>)[] },
): Promise<Map<string, 'added' | 'updated'>> {
  const { newsletterId, consent, people } = of;
  // Topics hold no line feeds: a list of lists would be flattened by unnest.
  const topics = people.map((person) => person.topics.join('\n'));
  const was = people.map((person) => person.was);
  const { rows } = await sql<Key & { was: Standing['was'] }>`
    with given as materialized (
      select (select p.id from subscribers p where p.email_key = g.key) as subscriber_id, g.*
        from unnest(${columnOf(people, 'key')}::text[], ${topics}::text[], ${columnOf(people, 'evidence')}::text[],
                    ${was}::text[]) as g(key, topics, evidence, was)),
    changed as (
      insert into subscriptions as s (newsletter_id, subscriber_id, state, topics)
      select ${newsletterId}::bigint, subscriber_id, 'active', string_to_array(topics, E'\n')
        from given order by subscriber_id
      on conflict (newsletter_id, subscriber_id) do update
        set state = case s.state when 'pending' then 'active' else s.state end,
            topics = case when excluded.topics = '{}' then s.topics else excluded.topics end
        where s.state <> 'unsubscribed'
          and (s.state = 'pending' or (excluded.topics <> '{}' and excluded.topics <> s.topics))
      returning id, subscriber_id),
    outcome as (
      select changed.id, given.key, given.evidence, given.was
        from changed join given on given.subscriber_id = changed.subscriber_id),
    consented as (
      insert into consents (subscription_id, kind, evidence)
      select id, ${consent}, evidence from outcome where was is null or was = 'pending')
    select key, was from outcome`.execute(tx);
  return new Map(rows.map((row) => [row.key, row.was === null ? 'added' : 'updated']));
}

/**
 * Adds people to a newsletter, all or none. Rows are taken in the order of their keys, so that two at once cannot
 * hold each other up.
 * @param batch people with different keys, some thousand at most.
 * @returns by key what it came to.
 */
export async function addBatch(
  deps: Deps,
  batch: { newsletterId: NewsletterId; consent: Consent; people: readonly Person[] },
): Promise<Map<string, Added>> {
  const { newsletterId, consent } = batch;
  const people: Hashed[] = batch.people
    .map((person) => ({ ...person, hash: deps.keyHash(person.key).toString('hex') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return deps.db.transaction().execute(async (tx) => {
    const standings = await findStandings(tx, newsletterId, people);
    const welcome = people.flatMap((person) => {
      const { suppressed, was = null } = standings.get(person.key) ?? {};
      return suppressed || was === 'unsubscribed' ? [] : [{ ...person, was }];
    });
    const changed = await upsertPeople(tx, welcome);
    const subscribed = await upsertSubscriptions(tx, { newsletterId, consent, people: welcome });
    const outcomeOf = ({ key }: Hashed): Added => {
      if (standings.get(key)?.suppressed) return 'suppressed';
      return subscribed.get(key) ?? (changed.has(key) ? 'updated' : 'unchanged');
    };
    return new Map(people.map((person) => [person.key, outcomeOf(person)]));
  });
}
