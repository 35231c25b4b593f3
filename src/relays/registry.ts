import type { RelayId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';

/** The ids of relays in the ledger, by name; a name that is new is written down. */
export async function relayIds(
  db: Database,
  names: readonly string[],
): Promise<ReadonlyMap<string, RelayId>> {
  await db
    .insertInto('relays')
    .values(names.map((name) => ({ name })))
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const rows = await db
    .selectFrom('relays')
    .select(['name', 'id'])
    .where('name', 'in', [...names])
    .execute();
  return new Map(rows.map((row) => [row.name, row.id]));
}
