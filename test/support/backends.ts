import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';

/** `embedded`: PGlite and its queue; `postgres`: a server and its queue; `redis`: a server, and the queue on Redis. */
export type Backend = 'embedded' | 'postgres' | 'redis';

/** The backends that this machine can run; `embedded` always. */
export function backends(): Backend[] {
  const postgres: Backend[] = inject('postgresUrl') ? ['postgres'] : [];
  const redis: Backend[] = inject('postgresUrl') && inject('redisUrl') ? ['redis'] : [];
  return ['embedded', ...postgres, ...redis];
}

/** The two database engines, for tests of SQL. */
export function engines(): Backend[] {
  return backends().filter((backend) => backend !== 'redis');
}

export interface TestPlace {
  /** Settings that name a migrated database of the test's own (and a queue prefix). */
  readonly env: Readonly<Record<string, string>>;
  /** Removes it. */
  remove(): Promise<void>;
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') ?? '' });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** Makes a fresh, migrated place for one test. */
export async function makePlace(backend: Backend): Promise<TestPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-test-'));
  const name = `test_${randomBytes(6).toString('hex')}`;
  const common = { DATA_DIR: folder, QUEUE_PREFIX: name, PORT: '0', LOG_LEVEL: 'warn', LOG_FORMAT: 'json' };
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  if (backend === 'embedded') {
    cpSync(inject('embeddedTemplate'), folder, { recursive: true });
    return { env: common, remove: async () => removeFolder() };
  }
  await onServer(`create database ${name} template broadsheet_template`);
  const url = new URL(inject('postgresUrl') ?? '');
  url.pathname = `/${name}`;
  const redis = backend === 'redis' ? { REDIS_URL: inject('redisUrl') ?? '' } : {};
  return {
    env: {
      ...common,
      ...redis,
      DATABASE_URL: url.href,
      SECRET_KEY: 'a secret of thirty-two letters or more',
    },
    async remove() {
      removeFolder();
      await onServer(`drop database if exists ${name} with (force)`);
    },
  };
}
