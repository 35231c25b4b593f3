import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { Door, DoorClient } from './door.ts';

const CHANGES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

class DoorConnection implements DatabaseConnection {
  readonly client: DoorClient;

  constructor(client: DoorClient) {
    this.client = client;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.client.query<R>(query.sql, query.parameters);
    return CHANGES.has(command) ? { rows, numAffectedRows: BigInt(rowCount) } : { rows };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streams are not offered here: page by a cursor column instead');
  }
}

class DoorDriver implements Driver {
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DoorConnection> {
    return new DoorConnection(await this.#door.connect());
  }

  async beginTransaction(connection: DoorConnection, settings: TransactionSettings): Promise<void> {
    const level = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : '';
    await connection.client.query(`begin${level}`, []);
  }

  async commitTransaction(connection: DoorConnection): Promise<void> {
    await connection.client.query('commit', []);
  }

  async rollbackTransaction(connection: DoorConnection): Promise<void> {
    await connection.client.query('rollback', []);
  }

  async releaseConnection(connection: DoorConnection): Promise<void> {
    connection.client.release();
  }

  async destroy(): Promise<void> {
    await this.#door.end();
  }
}

/** Kysely's Postgres dialect over our door, so that the engine behind it does not matter. */
export class DoorDialect implements Dialect {
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
  }

  createDriver = (): Driver => new DoorDriver(this.#door);
  createQueryCompiler = () => new PostgresQueryCompiler();
  createAdapter = () => new PostgresAdapter();
  createIntrospector = (db: Kysely<unknown>): DatabaseIntrospector => new PostgresIntrospector(db);
}
