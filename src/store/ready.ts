import { sql } from 'kysely';
import { messageOf } from '../ground/errors.ts';
import type { Store } from './database.ts';
import { assertMigrated } from './migrate.ts';

/** Whether a process can do its work: its database answers and is migrated. */
export async function readiness(store: Store): Promise<{ ok: boolean; checks: Record<string, string> }> {
  try {
    await sql`select 1`.execute(store.db);
  } catch (error) {
    return { ok: false, checks: { database: messageOf(error) } };
  }
  try {
    await assertMigrated(store.door);
    return { ok: true, checks: { database: 'ok', migrations: 'ok' } };
  } catch (error) {
    return { ok: false, checks: { database: 'ok', migrations: messageOf(error) } };
  }
}
