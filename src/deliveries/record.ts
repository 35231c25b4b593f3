import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { messageOf } from '../ground/errors.ts';
import type { RelayId } from '../ground/ids.ts';
import type { Log } from '../ground/log.ts';
import type { Reply } from '../relays/types.ts';
import type { Database } from '../store/database.ts';
import { createGroup, type Group, type GroupSize } from './group.ts';
import type { ClaimToken } from './hand-over.ts';
import type { Decision } from './outcome.ts';

/** What came of one attempt, to be written down. */
export interface Attempt extends ClaimToken {
  readonly decision: Decision;
  readonly relayId: RelayId | null;
  readonly tookMs: number;
  readonly reply: Reply | null;
  readonly queueId: string | null;
  /** Bits of the "You may also like" candidates in the mail. */
  readonly relatedShown: number;
}

/** `recorded`, or `late`: a later claim exists, so only the attempt was written. */
export type Recorded = 'recorded' | 'late';

export interface RecordDeps {
  readonly db: Database;
  readonly log: Log;
}

/** Between tries to write results while the database is away. */
const AGAIN_MS = 500;

/**
 * The group that writes outcomes. Results are kept in memory and retried until the database takes them: a server's 250
 * that is not written down would be a mail in doubt.
 */
export function createRecords(deps: RecordDeps, size: GroupSize = {}): Group<Attempt, Recorded> {
  return createGroup(async (attempts) => {
    for (let failures = 1; ; failures += 1) {
      try {
        return await recordAll(deps.db, attempts);
      } catch (error) {
        // Told less and less often: an outage of hours must not fill the disk.
        if (Number.isInteger(Math.log2(failures))) tell(deps, { results: attempts.length, failures, error });
        await sleep(AGAIN_MS);
      }
    }
  }, size);
}

function tell({ log }: RecordDeps, trouble: { results: number; failures: number; error: unknown }): void {
  log.error({ ...trouble, error: messageOf(trouble.error) }, 'results wait for the database');
}

/** A late answer to an older claim may come beside that of a newer one: a statement changes a row only once. */
async function recordAll(db: Database, attempts: readonly Attempt[]): Promise<Recorded[]> {
  if (new Set(attempts.map((attempt) => attempt.id)).size === attempts.length)
    return recordRows(db, attempts);
  const recorded: Recorded[] = [];
  for (const attempt of attempts) recorded.push(...(await recordRows(db, [attempt])));
  return recorded;
}

async function recordRows(db: Database, attempts: readonly Attempt[]): Promise<Recorded[]> {
  const list = <T>(of: (attempt: Attempt) => T) => attempts.map(of);
  const { rows } = await sql<{ id: string }>`
    with r as (
      select * from unnest(
        ${list((a) => a.editionId)}::int8[], ${list((a) => a.id)}::int8[], ${list((a) => a.claim)}::int4[],
        ${list((a) => a.decision.state)}::text[], ${list((a) => a.decision.attempt)}::text[], ${list((a) => a.decision.delayMs)}::int8[],
        ${list((a) => a.decision.tries)}::int2[], ${list((a) => a.decision.reason)}::text[], ${list((a) => a.decision.suppress)}::bool[],
        ${list((a) => a.relayId)}::int8[], ${list((a) => Math.round(a.tookMs))}::int4[], ${list((a) => a.reply?.code ?? null)}::int2[],
        ${list((a) => a.reply?.enhanced ?? null)}::text[], ${list((a) => a.reply?.text ?? null)}::text[], ${list((a) => a.queueId)}::text[],
        ${list((a) => a.relatedShown)}::int2[]
      ) as r(edition_id, id, claim, state, attempt, delay_ms, tries, reason, suppress, relay_id, took_ms, code, enhanced, reply, queue_id, shown)),
    locked as (
      select d.edition_id, d.id, r.claim, d.claim = r.claim and (d.state = 'sending' or d.state = 'unsure' and r.state <> 'unsure') as ours from r
        join deliveries d on d.edition_id = r.edition_id and d.id = r.id
       order by d.edition_id, d.id for update of d),
    moved as (
      update deliveries d
         set state = case when l.ours then r.state else d.state end,
             run_id = case when l.ours then null else d.run_id end,
             tries = d.tries + (case when l.ours then r.tries else 0 end),
             due_at = case when l.ours and r.delay_ms is not null then now() + r.delay_ms * interval '1 millisecond' else d.due_at end,
             enqueued_at = case when l.ours and r.state = 'deferred' then null else d.enqueued_at end,
             finished_at = case when not l.ours then d.finished_at when r.state in ('sent', 'bounced', 'failed') then now() end,
             reason = case when l.ours then r.reason else d.reason end,
             relay_id = case when l.ours then r.relay_id else d.relay_id end,
             related_shown = case when l.ours and r.state in ('sent', 'unsure') then r.shown else d.related_shown end,
             doubts = d.doubts + (case when not l.ours and r.attempt = 'accepted' then 1 else 0 end)
        from r join locked l on l.edition_id = r.edition_id and l.id = r.id and l.claim = r.claim
       where d.edition_id = r.edition_id and d.id = r.id
         and (l.ours or r.attempt = 'accepted')
      returning d.edition_id, d.id, l.ours, d.subscriber_id, r.suppress, r.reply),
    noted as (
      insert into attempts (edition_id, delivery_id, n, relay_id, took_ms, outcome, code, enhanced, reply, queue_id)
      select r.edition_id, r.id, r.claim, r.relay_id, r.took_ms,
             case when r.attempt = 'accepted' and not l.ours then 'accepted_late' else r.attempt end,
             r.code, r.enhanced, r.reply, r.queue_id
        from r join locked l on l.edition_id = r.edition_id and l.id = r.id and l.claim = r.claim
      on conflict do nothing),
    suppressed as (
      insert into suppressions (key_hash, reason, evidence)
      select p.key_hash, 'hard_bounce', coalesce(m.reply, '')
        from moved m join subscribers p on p.id = m.subscriber_id where m.ours and m.suppress
      on conflict do nothing)
    select id from moved where ours`.execute(db);
  const moved = new Set(rows.map((row) => row.id));
  return attempts.map((attempt) => (moved.has(attempt.id) ? 'recorded' : 'late'));
}
