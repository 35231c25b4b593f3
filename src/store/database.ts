import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely } from 'kysely';
import type { Config } from '../ground/config.ts';
import { codeOf, messageOf, Problem } from '../ground/errors.ts';
import { DoorDialect } from './dialect.ts';
import type { Door } from './door.ts';
import { PGliteDoor, pgliteSession } from './pglite-door.ts';
import { openPool, PostgresDoor } from './postgres-door.ts';
import type { Tables } from './tables.ts';
import { BULLMQ_PARSERS, PARSERS } from './values.ts';

/** The database as the rest of the program sees it. */
export type Database = Kysely<Tables>;

export interface Store {
  readonly db: Database;
  readonly door: Door;
  /** Sessions for the queue alone: its workers keep one each for ever. */
  openQueueDoor(sessions: number): Door;
  close(): Promise<void>;
}

/** Kysely over a door. */
function kyselyOver(door: Door): Database {
  return new Kysely<Tables>({ dialect: new DoorDialect(door) });
}

async function openPostgres(connectionString: string): Promise<Store> {
  const door = new PostgresDoor(
    openPool({ connectionString, max: 10, searchPath: 'public', name: 'broadsheet' }),
    PARSERS,
  );
  try {
    await door.query('select 1', []);
  } catch (error) {
    await door.end().catch(() => {});
    throw unreachable(connectionString, error);
  }
  const queueDoors: Door[] = [];
  return {
    db: kyselyOver(door),
    door,
    openQueueDoor(sessions) {
      const searchPath = 'bullmq,public';
      const pool = openPool({ connectionString, max: sessions, searchPath, name: 'broadsheet-queue' });
      const queueDoor = new PostgresDoor(pool, BULLMQ_PARSERS);
      queueDoors.push(queueDoor);
      return queueDoor;
    },
    async close() {
      await Promise.all(queueDoors.map((pool) => pool.end()));
      await door.end();
    },
  };
}

function unreachable(connectionString: string, cause: unknown): Problem {
  const { host, pathname } = new URL(connectionString);
  const why = codeOf(cause) === '28P01' ? 'it refuses the password' : messageOf(cause);
  return new Problem(
    'unavailable',
    `The database at ${host}${pathname} cannot be used: ${why}. Nothing was changed. Start it, or correct DATABASE_URL, and try again.`,
    { cause },
  );
}

async function openEmbedded(dataDir: string): Promise<Store> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const engine = await PGlite.create({ dataDir: join(dataDir, 'database'), parsers: { ...PARSERS } });
  await engine.exec('set search_path = public, bullmq; set timezone = utc');
  const session = pgliteSession(engine);
  const door = new PGliteDoor(session, PARSERS);
  return {
    db: kyselyOver(door),
    door,
    openQueueDoor: () => new PGliteDoor(session, BULLMQ_PARSERS),
    close: () => engine.close(),
  };
}

/**
 * Opens Postgres at `DATABASE_URL`, or the embedded one in `DATA_DIR` (whose lock the caller holds, see lock.ts).
 * @throws Problem (`unavailable`) when it cannot be used.
 */
export async function openStore(config: Pick<Config, 'DATABASE_URL' | 'DATA_DIR'>): Promise<Store> {
  return config.DATABASE_URL === undefined
    ? openEmbedded(config.DATA_DIR)
    : openPostgres(config.DATABASE_URL);
}
