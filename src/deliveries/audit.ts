import { sql } from 'kysely';
import { Problem } from '../ground/errors.ts';
import type { EditionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import { type Counts, counted, tallied, total } from './counts.ts';
import { STATES } from './states.ts';

/** What the ledger proves about an edition. */
export interface Audit {
  /** Everybody on the list has one recorded outcome, or is listed as unsure, and nothing contradicts it. */
  readonly whole: boolean;
  readonly audience: number | null;
  readonly counts: Counts;
  /** Deliveries that may have been mailed twice: sent again after an answer was lost, or answered late. */
  readonly doubts: number;
  /** Deliveries that nobody knows about: handed over, the answer lost. */
  readonly unsure: number;
  readonly problems: readonly string[];
}

interface Evidence {
  readonly withoutReply: number;
  readonly twice: number;
  readonly doubts: number;
}

/** Checks the ledger of an edition against itself, row by row. */
export async function auditEdition(db: Database, id: EditionId): Promise<Audit> {
  const edition = await db
    .selectFrom('editions')
    .select(['state', 'audience', 'fan_out_done'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (
    edition.state !== 'sending' &&
    edition.state !== 'paused' &&
    edition.state !== 'sent' &&
    edition.state !== 'cancelled'
  )
    throw new Problem(
      'conflict',
      `This edition is ${edition.state.replace('_', ' ')}: it has no ledger yet.`,
    );
  const counts = await counted(db, id);
  const tallies = await tallied(db, id);
  const evidence = await gather(db, id);
  const problems = [
    ...(edition.fan_out_done || edition.state === 'cancelled'
      ? []
      : ['the fan-out is not done: not everybody has a row yet']),
    ...(edition.audience === null || total(counts) === edition.audience
      ? []
      : [`${total(counts)} rows for an audience of ${edition.audience}`]),
    ...STATES.filter((state) => counts[state] !== tallies[state]).map(
      (state) => `${counts[state]} rows are ${state}, the tallies say ${tallies[state]}`,
    ),
    ...said(counts.queued + counts.deferred + counts.sending, 'have no outcome yet'),
    ...said(evidence.withoutReply, "are sent without a server's reply on record"),
    ...said(evidence.twice, 'were accepted by a server more than once, and none is marked as a doubt'),
  ];
  return {
    whole: problems.length === 0,
    audience: edition.audience,
    counts,
    doubts: evidence.doubts,
    unsure: counts.unsure,
    problems,
  };
}

function said(n: number, what: string): string[] {
  return n === 0 ? [] : [`${n} deliveries ${what}`];
}

/** Promises: a `sent` row has an accepted attempt with a 2xx code, or a person's decision; nobody has two such but a shown doubt. */
async function gather(db: Database, id: EditionId): Promise<Evidence> {
  const { rows } = await sql<Evidence>`
    with accepted as (
      select a.delivery_id, count(*) filter (where a.outcome in ('accepted', 'accepted_late') and a.code between 200 and 299)::int as servers,
             count(*) filter (where a.outcome = 'decided')::int as people
        from attempts a where a.edition_id = ${id} group by a.delivery_id)
    select count(*) filter (where d.state = 'sent' and coalesce(x.servers, 0) + coalesce(x.people, 0) = 0)::int as "withoutReply",
           count(*) filter (where x.servers > 1 and d.doubts = 0)::int as twice,
           count(*) filter (where d.doubts > 0)::int as doubts
      from deliveries d left join accepted x on x.delivery_id = d.id
     where d.edition_id = ${id}`.execute(db);
  return rows[0] ?? { withoutReply: 0, twice: 0, doubts: 0 };
}
