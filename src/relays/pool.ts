import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../ground/log.ts';
import {
  abandoned,
  BREAKER_LIMITS,
  type Breaker,
  type BreakerLimits,
  begin,
  type Cause,
  restOf,
  succeeded,
  troubled,
  WELL,
} from './breaker.ts';
import { type Connection, openConnection, type SendRequest, type Timeouts } from './connection.ts';
import { checkEnvelope } from './envelope.ts';
import { watchHandOver } from './handed-message.ts';
import { createPace } from './rate.ts';
import { readReply } from './reply.ts';
import { createSlots, type Slots } from './slots.ts';
import { type Trouble, trouble } from './trouble.ts';
import type { RelaySettings, RelayTrouble, SendResult } from './types.ts';

/** Whether a relay may be used; `until` in epoch milliseconds. */
type PoolState =
  | { readonly resting: false }
  | { readonly resting: true; readonly until: number; readonly word: RelayTrouble; readonly detail: string };

/** The connections to one relay. */
export interface Pool {
  readonly name: string;
  /** How many messages it can send at once. */
  readonly connections: number;
  /**
   * Sends one message, waiting for a free connection. While the relay rests it answers with that trouble at once.
   * @throws Problem (`bad_input`) for an address that cannot be mailed; and what `message` throws. Nothing was mailed then.
   */
  send(request: SendRequest): Promise<SendResult>;
  state(): PoolState;
  /** Turns away who waits, lets what is under way end, and closes the connections. */
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly log: Log;
  /** What we call ourselves in EHLO: a host name. */
  readonly ehloName: string;
  readonly timeouts?: Partial<Timeouts>;
  readonly limits?: Partial<BreakerLimits>;
  /** A connection is closed after so many (100): many servers refuse more. */
  readonly messagesPerConnection?: number;
  /** An unused connection is closed after so long (30 s), before the server does it in the middle of the next message. */
  readonly idleMs?: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Opens nothing yet: connections are made when messages come. */
export function createPool(relay: RelaySettings, options: PoolOptions): Pool {
  return new RelayPool(relay, options);
}

interface Idle {
  readonly connection: Connection;
  readonly timer: NodeJS.Timeout;
}

/** One message's use of a slot. The slot is given back when a connection that leaves has left. */
interface Turn {
  leaving: Promise<void>;
}

class RelayPool implements Pool {
  readonly name: string;
  readonly connections: number;
  readonly #relay: RelaySettings;
  readonly #options: PoolOptions;
  readonly #limits: BreakerLimits;
  readonly #slots: Slots;
  readonly #pace: ((now: number) => number) | undefined;
  readonly #closing = new AbortController();
  /** When the message before, on the same connection, is recorded. */
  readonly #recorded = new WeakMap<Connection, Promise<void>>();
  #idle: Idle[] = [];
  #breaker: Breaker = WELL;

  constructor(relay: RelaySettings, options: PoolOptions) {
    this.name = relay.name;
    this.connections = relay.connections;
    this.#relay = relay;
    this.#options = options;
    this.#limits = { ...BREAKER_LIMITS, ...options.limits };
    this.#slots = createSlots(relay.connections);
    this.#pace = relay.rate === null ? undefined : createPace(relay.rate);
  }

  state(): PoolState {
    const rest = restOf(this.#breaker, this.#options.now());
    return rest ? { resting: true, until: rest.until, ...rest.cause } : { resting: false };
  }

  async send(request: SendRequest): Promise<SendResult> {
    checkEnvelope(request.envelope);
    const refusal = this.#refusal();
    if (refusal) return refusal;
    if (!(await this.#slots.take()))
      return this.#refusal() ?? trouble('closed', 'the relay rested while this waited');
    const turn: Turn = { leaving: Promise.resolve() };
    try {
      await this.#myTurn();
      return this.#refusal() ?? (await this.#try(request, turn));
    } finally {
      void turn.leaving.then(() => this.#slots.release());
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#slots.callOff();
    await Promise.all(this.#idle.map((idle) => this.#retire(idle)));
    await this.#slots.whenFree();
  }

  /** Why no message may be tried now. */
  #refusal(): Trouble | undefined {
    if (this.#closing.signal.aborted) return trouble('closed', 'this process is stopping');
    const state = this.state();
    return state.resting ? trouble(state.word, `the relay rests: ${state.detail}`) : undefined;
  }

  async #myTurn(): Promise<void> {
    const { signal } = this.#closing;
    const waitMs = this.#pace?.(this.#options.now()) ?? 0;
    // Called off only by close(), which is what #refusal answers next.
    if (waitMs > 0) await wait(waitMs, undefined, { signal }).catch(() => undefined);
  }

  async #try(request: SendRequest, turn: Turn): Promise<SendResult> {
    const { breaker, probe } = begin(this.#breaker);
    const began = this.#options.now();
    this.#breaker = breaker;
    let result: SendResult | undefined;
    try {
      result = await this.#transmit(request, turn);
      return result;
    } finally {
      if (result) this.#judge(result, { probe, began });
      else this.#breaker = abandoned(this.#breaker, probe, this.#options.now());
    }
  }

  /** A kept connection may have died unseen: as long as the ledger was not asked, a new one has its try. */
  async #transmit(request: SendRequest, turn: Turn): Promise<SendResult> {
    const kept = this.#takeIdle();
    if (kept) {
      const watched = watchHandOver(request);
      const result = await this.#sendOver(kept, watched.request, turn);
      if (result.kind !== 'trouble' || result.word !== 'closed' || watched.asked()) return result;
      this.#options.log.debug({ relay: this.name, detail: result.detail }, 'a kept connection was gone');
    }
    const opened = await openConnection(this.#relay, this.#options);
    return 'kind' in opened ? opened : this.#sendOver(opened, request, turn);
  }

  async #sendOver(connection: Connection, request: SendRequest, turn: Turn): Promise<SendResult> {
    const before = this.#recorded.get(connection);
    if (request.recorded) this.#recorded.set(connection, request.recorded);
    try {
      return await connection.send(before ? afterRecord(before, request) : request);
    } finally {
      turn.leaving = this.#putBack(connection);
    }
  }

  /** Resolves at once for a connection that is kept, else when it has left. */
  async #putBack(connection: Connection): Promise<void> {
    const { messagesPerConnection = 100, idleMs = 30_000 } = this.#options;
    if (!connection.usable) return;
    if (this.#closing.signal.aborted || connection.messages >= messagesPerConnection)
      return connection.quit();
    const idle: Idle = { connection, timer: setTimeout(() => void this.#retire(idle), idleMs) };
    this.#idle.push(idle);
  }

  /** The connection used last, so that those too many come to rest. */
  #takeIdle(): Connection | undefined {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (idle.connection.usable) return idle.connection;
    }
    return undefined;
  }

  /** Closes an unused connection. It holds a slot meanwhile, which is free as long as a connection is unused. */
  async #retire(idle: Idle): Promise<void> {
    clearTimeout(idle.timer);
    this.#idle = this.#idle.filter((other) => other !== idle);
    const held = await this.#slots.take();
    await idle.connection.quit();
    if (held) this.#slots.release();
  }

  #judge(result: SendResult, { probe, began }: { probe: boolean; began: number }): void {
    const cause = causeOf(result);
    const before = this.#breaker.phase;
    const { now, random } = this.#options;
    this.#breaker = cause
      ? troubled(this.#breaker, cause, { now: now(), began, probe, random: random(), limits: this.#limits })
      : succeeded(this.#breaker, probe);
    if (this.#breaker.phase !== before) this.#announce();
  }

  #announce(): void {
    const { log } = this.#options;
    const state = this.state();
    if (!state.resting) {
      log.info({ relay: this.name }, 'the relay answers again');
      return;
    }
    const { word, detail, until } = state;
    log.warn(
      { relay: this.name, word, detail, until: new Date(until).toISOString() },
      'the relay rests: mail waits or takes another',
    );
  }
}

/** The request, handed over only when the message before it on its connection is recorded. */
function afterRecord(before: Promise<void>, request: SendRequest): SendRequest {
  return {
    ...request,
    handOver: async () => {
      await before;
      return request.handOver();
    },
  };
}

/** What a result says against the relay; undefined when the relay did its work, whatever it thought of the mail. */
function causeOf(result: SendResult): Cause | undefined {
  if (result.kind === 'trouble') return { word: result.word, detail: result.detail };
  // Each mail lost leaves someone in doubt: a relay that loses them must rest soon.
  if (result.kind === 'lost') return { word: 'closed', detail: result.detail };
  if (result.kind === 'refused' && readReply(result.reply, result.stage) === 'relay_trouble')
    return { word: 'closed', detail: `${result.reply.code} ${result.reply.text}` };
  return undefined;
}
