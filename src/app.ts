import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from './ground/clock.ts';
import type { Config } from './ground/config.ts';
import { codeOf } from './ground/errors.ts';
import type { Log } from './ground/log.ts';
import { Closers } from './ground/process.ts';
import { type Database, openStore, type Store } from './store/database.ts';
import { assertMigrated, migrate } from './store/migrate.ts';

/** What a process has opened, for everything to its left in the import rule. */
export interface App {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly closers: Closers;
  readonly store: Store;
  readonly db: Database;
  /** `SECRET_KEY`, or the one generated in `DATA_DIR`. */
  readonly secret: string;
}

/** `SECRET_KEY`, or one made once and kept in `DATA_DIR` (0600). */
function readSecret(config: Config): string {
  if (config.SECRET_KEY !== undefined) return config.SECRET_KEY;
  const file = join(config.DATA_DIR, 'secret');
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

/**
 * Opens the database (migrating an embedded one, refusing a server's that is behind) for a command or a process.
 * @throws Problem when the database cannot be used.
 */
export async function openApp(config: Config, log: Log, clock: Clock = systemClock): Promise<App> {
  const closers = new Closers(log);
  const store = await openStore(config);
  closers.add('database', () => store.close());
  try {
    if (config.embedded) await migrate(store.door);
    else await assertMigrated(store.door);
    return { config, log, clock, closers, store, db: store.db, secret: readSecret(config) };
  } catch (error) {
    await closers.close();
    throw error;
  }
}
