import { sql } from 'kysely';
import type { App } from './app.ts';
import { messageOf } from './ground/errors.ts';
import { assertMigrated } from './store/migrate.ts';

/** Whether a process can do its work: its database answers and is migrated. */
export async function readiness(app: App): Promise<{ ok: boolean; checks: Record<string, string> }> {
  try {
    await sql`select 1`.execute(app.db);
  } catch (error) {
    return { ok: false, checks: { database: messageOf(error) } };
  }
  try {
    await assertMigrated(app.store.door);
    return { ok: true, checks: { database: 'ok', migrations: 'ok' } };
  } catch (error) {
    return { ok: false, checks: { database: 'ok', migrations: messageOf(error) } };
  }
}
