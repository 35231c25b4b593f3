import { readdir, readFile } from 'node:fs/promises';
import { codeOf, Problem } from '../ground/errors.ts';
import type { Door, DoorClient } from './door.ts';

const FOLDER = new URL('./migrations/', import.meta.url);
/** Any number that nobody else in the database locks. */
const LOCK = 724_031_905;

interface Migration {
  readonly number: number;
  readonly name: string;
}

/** The numbered SQL files, in order. */
async function listMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).sort();
  return names.map((name) => ({ number: Number(name.slice(0, 4)), name }));
}

async function appliedNumbers(client: DoorClient): Promise<Set<number>> {
  await client.query(`create table if not exists applied_migrations
    (number int primary key, name text not null, applied_at timestamptz not null default now())`);
  const { rows } = await client.query<{ number: number }>('select number from applied_migrations', []);
  return new Set(rows.map((row) => row.number));
}

/**
 * Applies what is pending, each file in its own transaction, all under one lock, so that several processes may start at once.
 * @returns the names of the files applied now.
 */
export async function migrate(door: Door): Promise<string[]> {
  const client = await door.connect();
  const done: string[] = [];
  try {
    await client.query(`select pg_advisory_lock(${LOCK})`, []);
    const applied = await appliedNumbers(client);
    for (const migration of await listMigrations()) {
      if (applied.has(migration.number)) continue;
      await apply(client, migration);
      done.push(migration.name);
    }
    return done;
  } finally {
    await client.query(`select pg_advisory_unlock(${LOCK})`, []).catch(() => {});
    client.release();
  }
}

async function apply(client: DoorClient, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(await readFile(new URL(migration.name, FOLDER), 'utf8'));
    await client.query('insert into applied_migrations (number, name) values ($1, $2)', [
      migration.number,
      migration.name,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/**
 * Refuses a database that is behind (or ahead of) this program.
 * @throws Problem that prints the command to run.
 */
export async function assertMigrated(door: Door): Promise<void> {
  const known = await listMigrations();
  const applied = await readApplied(door);
  const pending = known.filter((migration) => !applied.has(migration.number));
  if (pending.length > 0)
    throw new Problem(
      'conflict',
      `The database lacks ${pending.length} migration(s), first ${pending[0]?.name}. Nothing was changed. Run: npx broadsheet migrate`,
    );
  const newest = known.at(-1)?.number ?? 0;
  if ([...applied].some((number) => number > newest))
    throw new Problem(
      'conflict',
      'The database was migrated by a newer Broadsheet. Nothing was changed. Update this program first.',
    );
}

async function readApplied(door: Door): Promise<Set<number>> {
  try {
    const { rows } = await door.query<{ number: number }>('select number from applied_migrations', []);
    return new Set(rows.map((row) => row.number));
  } catch (error) {
    if (codeOf(error) === '42P01') return new Set();
    throw error;
  }
}
