import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type App, openApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/ground/config.ts';
import { silentLog } from '../../../src/ground/log.ts';
import { openStore } from '../../../src/store/database.ts';
import { migrate } from '../../../src/store/migrate.ts';
import type { Servers } from './servers.ts';

/** A database and a queue of a benchmark's own. */
export interface Place {
  /** The settings that name them. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

function folderPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'));
  return {
    env: {
      DATA_DIR: folder,
      HOST: '127.0.0.1',
      PORT: '0',
      ALLOW_PRIVATE_FEEDS: 'true',
      SECRET_KEY: randomBytes(32).toString('base64url'),
    },
    remove: async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** A migrated database on the servers. */
async function serverPlace(servers: Servers): Promise<Place> {
  const { env, remove } = folderPlace();
  const name = `bench_${randomBytes(6).toString('hex')}`;
  await onServer(servers.postgresUrl, `create database ${name}`);
  const url = new URL(servers.postgresUrl);
  url.pathname = `/${name}`;
  const store = await openStore({ DATABASE_URL: url.href, DATA_DIR: '' });
  await migrate(store.door).finally(() => store.close());
  return {
    env: { ...env, DATABASE_URL: url.href, REDIS_URL: servers.redisUrl, QUEUE_PREFIX: name },
    async remove() {
      await onServer(servers.postgresUrl, `drop database if exists ${name} with (force)`);
      await remove();
    },
  };
}

/** Works in a fresh place: on the servers, or (null) embedded; nothing of it is left. */
export async function inPlace<T>(servers: Servers | null, work: (place: Place) => Promise<T>): Promise<T> {
  const place = servers === null ? folderPlace() : await serverPlace(servers);
  try {
    return await work(place);
  } finally {
    await place.remove();
  }
}

/** Works with an app that is opened in this process, and closed afterwards. */
export async function withApp<T>(
  env: Readonly<Record<string, string>>,
  work: (app: App) => Promise<T>,
): Promise<T> {
  const app = await openApp(readConfig(env), silentLog());
  try {
    return await work(app);
  } finally {
    await app.closers.close();
  }
}
