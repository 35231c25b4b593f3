import { EventEmitter } from 'node:events';
import pg from 'pg';
import type { Door, DoorClient, QueryResult } from './door.ts';
import { PARSERS, toParameters } from './values.ts';

/** Opens a pool of real Postgres sessions. Nothing connects until the first query. */
export function openPool(options: {
  connectionString: string;
  max: number;
  searchPath: string;
  name: string;
}): pg.Pool {
  return new pg.Pool({
    connectionString: options.connectionString,
    max: options.max,
    application_name: options.name,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    // Instants are read from ISO text in UTC, whatever the server's own zone is.
    options: `-c search_path=${options.searchPath} -c TimeZone=UTC -c DateStyle=ISO`,
  });
}

/** Our types where we have one; pg's own for the rest. BullMQ's pool is plain and keeps pg's. */
const TYPES = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return (format === 'binary' ? undefined : PARSERS[oid]) ?? pg.types.getTypeParser(oid, format);
  },
};

/** One pooled session, speaking with our types. */
class PostgresClient extends EventEmitter implements DoorClient {
  readonly #client: pg.PoolClient;

  constructor(client: pg.PoolClient) {
    super();
    this.#client = client;
  }

  async query<R = Record<string, unknown>>(
    text: string,
    parameters?: readonly unknown[],
  ): Promise<QueryResult<R>> {
    const values = parameters === undefined ? {} : { values: toParameters(parameters) };
    const result = await this.#client.query({ text, ...values, types: TYPES });
    // Several statements without parameters give a list: the last one counts.
    const last = Array.isArray(result) ? result.at(-1) : result;
    return { command: last.command ?? '', rowCount: last.rowCount ?? 0, rows: last.rows };
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy);
  }
}

/** The door onto a pool of Postgres sessions; `end` ends the pool. */
export class PostgresDoor extends EventEmitter implements Door {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super();
    this.#pool = pool;
    // An idle session that the server drops is replaced by the pool; it must not end the process.
    pool.on('error', (error) => this.emit('lost', error));
  }

  async connect(): Promise<DoorClient> {
    return new PostgresClient(await this.#pool.connect());
  }

  async query<R = Record<string, unknown>>(
    text: string,
    parameters?: readonly unknown[],
  ): Promise<QueryResult<R>> {
    const client = await this.connect();
    try {
      return await client.query<R>(text, parameters);
    } finally {
      client.release();
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}
