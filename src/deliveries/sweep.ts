import { sql } from 'kysely';
import { reopenUnfinished } from '../editions/lifecycle.ts';
import type { Database } from '../store/database.ts';

export interface SweepTimes {
  /** A run whose last beat is older is dead. */
  readonly deadSeconds: number;
  /** A handed-over mail without an answer for so long is unsure; an unsure one is sent again after as long. */
  readonly unsureSeconds: number;
  /** A stamped row that is still due after so long is offered to the queue again. */
  readonly reofferSeconds: number;
}

/** What one sweep found. */
export interface Swept {
  readonly deadRuns: number;
  readonly takenBack: number;
  readonly unsure: number;
  readonly resent: number;
  readonly reoffered: number;
  readonly cancelled: number;
  readonly reopened: number;
}

const seconds = (n: number) => sql`${n}::int4 * interval '1 second'`;

/**
 * Takes back what dead runs left and offers again what the queue has lost. Anybody may run it, any number at once:
 * each statement moves only rows that are still in the state it looks for.
 */
export async function sweep(db: Database, times: SweepTimes): Promise<Swept> {
  return {
    deadRuns: await endDeadRuns(db, times),
    takenBack: await takeBack(db),
    unsure: await markUnsure(db, times),
    resent: await resendUnsure(db, times),
    reoffered: await reoffer(db, times),
    cancelled: await cancelReturned(db),
    reopened: (await reopenUnfinished(db)).length,
  };
}

async function countOf(db: Database, statement: ReturnType<typeof sql>): Promise<number> {
  return (await statement.execute(db)).rows.length;
}

function endDeadRuns(db: Database, { deadSeconds }: SweepTimes): Promise<number> {
  return countOf(
    db,
    sql`
    update worker_runs set ended_at = now()
     where ended_at is null and beat_at < now() - ${seconds(deadSeconds)} returning id`,
  );
}

/** Claimed by a dead run and never handed over: nothing was mailed, so it is simply queued again. */
function takeBack(db: Database): Promise<number> {
  return countOf(
    db,
    sql`
    update deliveries d set state = 'queued', run_id = null, enqueued_at = null
      from worker_runs r
     where r.id = d.run_id and r.ended_at is not null and d.state = 'sending' and d.handed_over_at is null
    returning d.id`,
  );
}

/** Handed over, and the run is dead or the answer is overdue (RFC 5321 4.5.3.2.6 gives the final reply 10 minutes). */
function markUnsure(db: Database, { unsureSeconds }: SweepTimes): Promise<number> {
  return countOf(
    db,
    sql`
    with moved as (
      update deliveries d
         set state = 'unsure', run_id = null,
             reason = case when r.ended_at is not null then 'the sending process died after the hand-over, before the answer'
                           else 'no answer came after the hand-over' end
        from worker_runs r
       where r.id = d.run_id and d.state = 'sending' and d.handed_over_at is not null
         and (r.ended_at is not null or d.handed_over_at < now() - ${seconds(unsureSeconds)})
      returning d.edition_id, d.id, d.claim, d.reason, d.relay_id),
    noted as (
      insert into attempts (edition_id, delivery_id, n, relay_id, outcome, reply)
      select edition_id, id, claim, relay_id, 'unsure', reason from moved
      on conflict do nothing)
    select id from moved`,
  );
}

/** Where the newsletter would rather mail twice than not at all. Each stays visible as a doubt. */
function resendUnsure(db: Database, { unsureSeconds }: SweepTimes): Promise<number> {
  return countOf(
    db,
    sql`
    update deliveries d set state = 'queued', doubts = d.doubts + 1, enqueued_at = null, due_at = now()
      from editions e join newsletters n on n.id = e.newsletter_id
     where e.id = d.edition_id and e.state = 'sending' and n.unsure_policy = 'resend'
       and d.state = 'unsure' and d.handed_over_at < now() - ${seconds(unsureSeconds)}
    returning d.id`,
  );
}

/** The stamp says that it was offered, but it is still due: its job is gone, or will ignore the second offer. */
function reoffer(db: Database, { reofferSeconds }: SweepTimes): Promise<number> {
  return countOf(
    db,
    sql`
    update deliveries set enqueued_at = null
     where state in ('queued', 'deferred') and due_at <= now() and enqueued_at < now() - ${seconds(reofferSeconds)}
    returning id`,
  );
}

/** Was with a server when its edition was cancelled, and came back to be tried again: nobody more is mailed. */
function cancelReturned(db: Database): Promise<number> {
  return countOf(
    db,
    sql`
    update deliveries d set state = 'cancelled', finished_at = now(), reason = 'the edition was cancelled'
      from editions e
     where e.id = d.edition_id and e.state = 'cancelled' and e.finished_at > now() - interval '2 days'
       and 0 <> (select coalesce(sum(t.n), 0) from edition_tallies t
                  where t.edition_id = e.id and t.state in ('queued', 'deferred'))
       and d.state in ('queued', 'deferred')
    returning d.id`,
  );
}

/** The queue was lost: everything that is not finished is offered anew. */
export async function forgetOffers(db: Database): Promise<number> {
  return countOf(
    db,
    sql`
    update deliveries set enqueued_at = null
     where state in ('queued', 'deferred') and enqueued_at is not null returning id`,
  );
}
