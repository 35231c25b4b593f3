import { sql } from 'kysely';
import type { EditionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import { type DeliveryState, STATES } from './states.ts';

/** How many deliveries stand in each state. */
export type Counts = Record<DeliveryState, number>;

function fill(rows: readonly { readonly state: string; readonly n: number }[]): Counts {
  const given = new Map(rows.map((row) => [row.state, row.n]));
  const of = (state: DeliveryState) => given.get(state) ?? 0;
  return {
    queued: of('queued'),
    sending: of('sending'),
    sent: of('sent'),
    deferred: of('deferred'),
    bounced: of('bounced'),
    failed: of('failed'),
    suppressed: of('suppressed'),
    cancelled: of('cancelled'),
    unsure: of('unsure'),
  };
}

/** The live figures, from the tallies: no row of the ledger is read. */
export async function tallied(db: Database, id: EditionId): Promise<Counts> {
  const rows = await db
    .selectFrom('edition_tallies')
    .select(['state', sql<number>`sum(n)::int`.as('n')])
    .where('edition_id', '=', id)
    .groupBy('state')
    .execute();
  return fill(rows);
}

/** The same, counted row by row. */
export async function counted(db: Database, id: EditionId): Promise<Counts> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['state', sql<number>`count(*)::int`.as('n')])
    .where('edition_id', '=', id)
    .groupBy('state')
    .execute();
  return fill(rows);
}

/** All states together. */
export function total(counts: Counts): number {
  return STATES.reduce((sum, state) => sum + counts[state], 0);
}
