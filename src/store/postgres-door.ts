import { EventEmitter } from 'node:events';
import pg from 'pg';
import type { Door, DoorClient, QueryResult } from './door.ts';
import { toParameters } from './values.ts';

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

type Parsers = Readonly<Record<number, (text: string) => unknown>>;

/** The given parsers, and pg's own for all other types. */
function typesOf(parsers: Parsers) {
  return {
    getTypeParser(oid: number, format?: 'text' | 'binary') {
      return (format === 'binary' ? undefined : parsers[oid]) ?? pg.types.getTypeParser(oid, format);
    },
  };
}

const FORWARDED = ['notification', 'error', 'end'] as const;

/** One pooled session, speaking with the given types. */
class PostgresClient extends EventEmitter implements DoorClient {
  readonly #client: pg.PoolClient;
  readonly #types: ReturnType<typeof typesOf>;
  readonly #forwards = FORWARDED.map((name) => ({
    name,
    listener: (value: unknown) => {
      if (name !== 'error' || this.listenerCount('error') > 0) this.emit(name, value);
    },
  }));

  constructor(client: pg.PoolClient, types: ReturnType<typeof typesOf>) {
    super();
    this.#client = client;
    this.#types = types;
    for (const { name, listener } of this.#forwards) client.on(name, listener);
  }

  async query<R = Record<string, unknown>>(
    text: string,
    parameters?: readonly unknown[],
  ): Promise<QueryResult<R>> {
    const values = parameters === undefined ? {} : { values: toParameters(parameters) };
    const result = await this.#client.query({ text, ...values, types: this.#types });
    // Several statements without parameters give a list: the last one counts.
    const last = Array.isArray(result) ? result.at(-1) : result;
    return { command: last.command ?? '', rowCount: last.rowCount ?? 0, rows: last.rows };
  }

  release(destroy?: boolean): void {
    for (const { name, listener } of this.#forwards) this.#client.removeListener(name, listener);
    this.#client.release(destroy);
  }
}

/** The door onto a pool of Postgres sessions; `end` ends the pool. */
export class PostgresDoor extends EventEmitter implements Door {
  /** BullMQ looks here whether a dropped LISTEN session would be noticed. */
  readonly options = { keepAlive: true };
  readonly #pool: pg.Pool;
  readonly #types: ReturnType<typeof typesOf>;

  constructor(pool: pg.Pool, parsers: Parsers) {
    super();
    this.#pool = pool;
    this.#types = typesOf(parsers);
    // An idle session that the server drops is replaced by the pool; it must not end the process.
    pool.on('error', (error) => this.emit('lost', error));
  }

  async connect(): Promise<DoorClient> {
    return new PostgresClient(await this.#pool.connect(), this.#types).setMaxListeners(0);
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
