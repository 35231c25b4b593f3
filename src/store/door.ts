import type { EventEmitter } from 'node:events';

/** What a statement gave. `rowCount` is of rows returned, or else of rows changed. */
export interface QueryResult<R = Record<string, unknown>> {
  readonly command: string;
  readonly rowCount: number;
  readonly rows: R[];
}

/** One session of the database, to be released. The small part of `pg.PoolClient` that Kysely and BullMQ use. */
export interface DoorClient extends EventEmitter {
  query<R = Record<string, unknown>>(text: string, parameters?: readonly unknown[]): Promise<QueryResult<R>>;
  release(destroy?: boolean): void;
}

/** The one `pg.Pool`-shaped door to Postgres, whichever engine stands behind it. */
export interface Door extends EventEmitter {
  connect(): Promise<DoorClient>;
  query<R = Record<string, unknown>>(text: string, parameters?: readonly unknown[]): Promise<QueryResult<R>>;
  end(): Promise<void>;
}
