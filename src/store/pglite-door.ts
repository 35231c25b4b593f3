import { EventEmitter } from 'node:events';
import type { PGlite } from '@electric-sql/pglite';
import type { Door, DoorClient, QueryResult } from './door.ts';
import { toParameters } from './values.ts';

type Parsers = Readonly<Record<number, (text: string) => unknown>>;

/** Whose turn it is on the one session that PGlite has. */
class Turn {
  #tail: Promise<void> = Promise.resolve();

  /** Waits for the turn; call the result to pass it on. */
  async take(): Promise<() => void> {
    const before = this.#tail;
    let done: () => void = () => {};
    this.#tail = new Promise((resolve) => {
      done = resolve;
    });
    await before;
    return done;
  }
}

/** What several doors onto one PGlite share: its session, and who may use it now. */
export interface PGliteSession {
  readonly engine: PGlite;
  readonly turn: Turn;
}

/** The session of an opened PGlite. */
export function pgliteSession(engine: PGlite): PGliteSession {
  return { engine, turn: new Turn() };
}

/** BullMQ heads its statements with comments. */
const HEAD = String.raw`^(?:\s+|--[^\n]*\n)*`;
const OPENS = new RegExp(`${HEAD}(?:begin|start\\s+transaction)\\b`, 'i');
const CLOSES = new RegExp(`${HEAD}(?:commit|end|rollback(?!\\s+to))\\b`, 'i');
const LISTENS = new RegExp(`${HEAD}(un)?listen\\s+"?([\\w*]+)"?`, 'i');
const COMMAND = new RegExp(`${HEAD}(\\w+)`);

/**
 * A client that looks like its own session. PGlite has only one, so from BEGIN to COMMIT or ROLLBACK it keeps the
 * turn: without that, another client's insert would be rolled back too. `connect()` takes no turn, since LISTEN
 * clients are never released.
 */
class PGliteClient extends EventEmitter implements DoorClient {
  readonly #session: PGliteSession;
  readonly #parsers: Parsers;
  readonly #channels = new Set<string>();
  readonly #unsubscribe: () => void;
  #leave: (() => void) | undefined;

  constructor(session: PGliteSession, parsers: Parsers) {
    super();
    this.#session = session;
    this.#parsers = parsers;
    this.#unsubscribe = session.engine.onNotification((channel, payload) => {
      if (this.#channels.has(channel)) this.emit('notification', { channel, payload });
    });
  }

  async query<R = Record<string, unknown>>(
    text: string,
    parameters?: readonly unknown[],
  ): Promise<QueryResult<R>> {
    if (this.#leave === undefined) {
      const leave = await this.#session.turn.take();
      if (OPENS.test(text)) this.#leave = leave;
      else return this.#run<R>(text, parameters).finally(leave);
    }
    try {
      return await this.#run<R>(text, parameters);
    } finally {
      if (CLOSES.test(text)) this.#endTurn();
    }
  }

  release(): void {
    // A transaction left open by a failed caller would hold everybody up for ever.
    if (this.#leave !== undefined) void this.query('rollback').catch(() => this.#endTurn());
    this.#channels.clear();
    this.#unsubscribe();
  }

  #endTurn(): void {
    this.#leave?.();
    this.#leave = undefined;
  }

  async #run<R>(text: string, parameters?: readonly unknown[]): Promise<QueryResult<R>> {
    const listen = LISTENS.exec(text);
    if (listen?.[2] !== undefined)
      return { ...(await this.#listen(listen[1] !== undefined, listen[2], text)), rows: [] };
    const { engine } = this.#session;
    const options = { parsers: { ...this.#parsers } };
    const last =
      parameters === undefined
        ? (await engine.exec(text, options)).at(-1)
        : await engine.query<R>(text, toParameters(parameters), options);
    // What a row looks like only the statement knows; the driver says `any`, as pg's does.
    const rows = (last?.rows ?? []) as R[];
    return { command: commandOf(text), rowCount: rows.length || (last?.affectedRows ?? 0), rows };
  }

  /** The engine stays subscribed once anybody asked; each client hears only what it asked for. */
  async #listen(stop: boolean, channel: string, text: string): Promise<QueryResult> {
    if (stop && channel === '*') this.#channels.clear();
    else if (stop) this.#channels.delete(channel);
    else {
      this.#channels.add(channel);
      await this.#session.engine.exec(text);
    }
    return { command: stop ? 'UNLISTEN' : 'LISTEN', rowCount: 0, rows: [] };
  }
}

function commandOf(text: string): string {
  return (COMMAND.exec(text)?.[1] ?? '').toUpperCase();
}

/** A `pg.Pool`-shaped door over PGlite. `end` closes only the door: the engine belongs to who opened it. */
export class PGliteDoor extends EventEmitter implements Door {
  readonly #session: PGliteSession;
  readonly #parsers: Parsers;

  constructor(session: PGliteSession, parsers: Parsers) {
    super();
    this.#session = session;
    this.#parsers = parsers;
  }

  async connect(): Promise<DoorClient> {
    return new PGliteClient(this.#session, this.#parsers).setMaxListeners(0);
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

  async end(): Promise<void> {}
}
