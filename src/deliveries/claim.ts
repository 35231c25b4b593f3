import { sql } from 'kysely';
import type { DeliveryId, EditionId, RunId, SubscriberId, SubscriptionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import { createGroup, type Group, type GroupSize } from './group.ts';
import type { DeliveryRef } from './jobs.ts';

/** A delivery that this run holds. `(id, claim)` is the fencing token of all later writes. */
export interface Claimed {
  readonly kind: 'claimed';
  readonly editionId: EditionId;
  readonly id: DeliveryId;
  readonly claim: number;
  readonly subscriberId: SubscriberId;
  readonly subscriptionId: SubscriptionId;
  readonly email: string;
  readonly name: string | null;
  readonly tries: number;
  readonly sendAt: Temporal.Instant;
  readonly claimedAt: Temporal.Instant;
  /** Positions of "You may also like" candidates that an edition sent to this person carried already. */
  readonly carried: readonly number[];
}

export type ClaimResult =
  | Claimed
  /** The person left or is suppressed: recorded, nothing is mailed. */
  | { readonly kind: 'suppressed' }
  /** Not due for so many milliseconds by the database's clock; or due, and locked by somebody just now. */
  | { readonly kind: 'later'; readonly inMs: number }
  /** Finished, paused, cancelled, or with another run. */
  | { readonly kind: 'nothing' };

interface Row {
  readonly editionId: EditionId;
  readonly id: DeliveryId;
  readonly became: 'sending' | 'suppressed' | null;
  readonly claim: number;
  readonly subscriberId: SubscriberId;
  readonly subscriptionId: SubscriptionId;
  readonly email: string;
  readonly name: string | null;
  readonly tries: number;
  readonly sendAt: Temporal.Instant;
  readonly claimedAt: Temporal.Instant;
  readonly carried: number[] | null;
  readonly inMs: number | null;
}

/** The group that claims for a run. `runId` is asked each time: a run held for dead goes on under a new id. */
export function createClaims(
  db: Database,
  runId: () => RunId,
  size: GroupSize = {},
): Group<DeliveryRef, ClaimResult> {
  return createGroup(async (refs) => {
    const rows = await claimRows(db, runId(), refs);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return refs.map((ref) => resultOf(byId.get(ref.id)));
  }, size);
}

function resultOf(row: Row | undefined): ClaimResult {
  if (row?.became === 'sending') return { ...row, kind: 'claimed', carried: row.carried ?? [] };
  if (row?.became === 'suppressed') return { kind: 'suppressed' };
  return row?.inMs == null ? { kind: 'nothing' } : { kind: 'later', inMs: row.inMs };
}

/**
 * Promises: a row is claimed by one run only, in id order, and never while its edition is paused or cancelled; who has
 * left, been erased or been suppressed since the fan-out is recorded as `suppressed` here, in the same statement.
 */
async function claimRows(db: Database, runId: RunId, refs: readonly DeliveryRef[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    with wanted as (
      select * from unnest(${refs.map((ref) => ref.editionId)}::int8[], ${refs.map((ref) => ref.id)}::int8[]) as w(edition_id, id)),
    locked as (
      select d.edition_id, d.id, d.subscriber_id, d.subscription_id
        from wanted w
        join deliveries d on d.edition_id = w.edition_id and d.id = w.id
        join editions e on e.id = d.edition_id
       where d.state in ('queued', 'deferred') and d.due_at <= now() and e.state = 'sending'
       order by d.edition_id, d.id
         for update of d skip locked),
    judged as (
      select l.edition_id, l.id, p.name,
             case when p.erased_at is not null then 'erased at their wish'
                  when s.state = 'unsubscribed' then 'unsubscribed'
                  when s.state <> 'active' then 'subscription is ' || s.state
                  when x.key_hash is not null then 'suppressed: ' || x.reason end as stop
        from locked l
        join subscribers p on p.id = l.subscriber_id
        join subscriptions s on s.id = l.subscription_id
        left join suppressions x on x.key_hash = p.key_hash),
    moved as (
      update deliveries d
         set state = case when j.stop is null then 'sending' else 'suppressed' end,
             claim = d.claim + (case when j.stop is null then 1 else 0 end),
             run_id = case when j.stop is null then ${runId}::int8 end,
             claimed_at = case when j.stop is null then now() else d.claimed_at end,
             -- A deadline counts from the first try, not from a fan-out that a pause may follow.
             send_at = case when d.claim = 0 then now() else d.send_at end,
             handed_over_at = null,
             finished_at = case when j.stop is not null then now() end,
             reason = j.stop
        from judged j
       where d.edition_id = j.edition_id and d.id = j.id
      returning d.edition_id, d.id, d.state, d.claim, d.subscriber_id, d.subscription_id, d.email, j.name, d.tries, d.send_at, d.claimed_at)
    select w.edition_id as "editionId", w.id, m.state as became, m.claim, m.subscriber_id as "subscriberId",
           m.subscription_id as "subscriptionId", m.email, m.name, m.tries, m.send_at as "sendAt", m.claimed_at as "claimedAt",
           (select array_agg(c.position::int4) from edition_articles c
             where c.edition_id = m.edition_id and c.role = 'related'
               and exists (select 1 from edition_articles a
                             join deliveries q on q.edition_id = a.edition_id and q.subscriber_id = m.subscriber_id
                            where a.article_id = c.article_id and q.edition_id <> m.edition_id and q.state = 'sent'
                              and (a.role = 'section' or (q.related_shown::int4 >> a.position) & 1 = 1))) as carried,
           (select ceil(extract(epoch from greatest(d.due_at - now(), interval '0')) * 1000)::float8
              from deliveries d join editions e on e.id = d.edition_id
             where m.id is null and d.edition_id = w.edition_id and d.id = w.id
               and d.state in ('queued', 'deferred') and e.state = 'sending') as "inMs"
      from wanted w left join moved m on m.edition_id = w.edition_id and m.id = w.id`.execute(db);
  return rows;
}
