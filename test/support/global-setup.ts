import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openStore, type Store } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { type PrivateServer, startPostgres, startRedis } from './servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated embedded database, to be copied. */
    embeddedTemplate: string;
    /** A server where databases may be made from `broadsheet_template`, or null. */
    postgresUrl: string | null;
    redisUrl: string | null;
  }
}

const TEMPLATE = 'broadsheet_template';

async function prepareAndClose(store: Store): Promise<void> {
  await migrate(store.door);
  await store.close();
}

/** Makes the migrated database that each test's own is copied from. */
async function makeTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`drop database if exists ${TEMPLATE}`);
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  await prepareAndClose(await openStore({ DATABASE_URL: template.href, DATA_DIR: '' }));
}

/** The backends that this machine can run; see support/backends.ts for what each means. */
function runnable(postgresUrl: string | null, redisUrl: string | null): string[] {
  const postgres = postgresUrl ? ['postgres'] : [];
  const redis = postgresUrl && redisUrl ? ['redis'] : [];
  return ['embedded', ...postgres, ...redis];
}

/** `CI_BACKENDS=embedded,postgres,redis` makes a run fail that would quietly leave one of them out. */
function assertAll(wanted: string | undefined, names: readonly string[]): void {
  const missing = (wanted ?? '').split(',').filter((name) => name !== '' && !names.includes(name));
  if (missing.length > 0)
    throw new Error(
      `CI_BACKENDS asks for ${missing.join(' and ')}, and this machine can run only ${names.join(', ')}. No test was run: install redis-server and postgresql, or set DATABASE_URL and REDIS_URL.`,
    );
}

/** Starts what is installed, once for the whole run, and says which backends the journeys run on. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-template-'));
  const started: PrivateServer[] = [];
  const teardown = async () => {
    rmSync(folder, { recursive: true, force: true });
    await Promise.all(started.map((server) => server.stop()));
  };
  const ours = async (given: string | undefined, start: () => Promise<PrivateServer | null>) => {
    if (given) return given;
    const server = await start();
    if (server) started.push(server);
    return server?.url ?? null;
  };
  try {
    await prepareAndClose(await openStore({ DATABASE_URL: undefined, DATA_DIR: folder }));
    const postgresUrl = await ours(process.env.DATABASE_URL, startPostgres);
    const redisUrl = await ours(process.env.REDIS_URL, startRedis);
    const names = runnable(postgresUrl, redisUrl);
    assertAll(process.env.CI_BACKENDS, names);
    if (postgresUrl) await makeTemplate(postgresUrl);
    project.provide('embeddedTemplate', folder);
    project.provide('postgresUrl', postgresUrl);
    project.provide('redisUrl', redisUrl);
    process.stdout.write(`Journeys run on: ${names.join(', ')}\n`);
    return teardown;
  } catch (error) {
    // Vitest runs a teardown only when it was given one.
    await teardown();
    throw error;
  }
}
