import { join } from 'node:path';
import { createFetcher, type Fetcher } from './feeds/fetch.ts';
import { type Clock, systemClock } from './ground/clock.ts';
import type { Config } from './ground/config.ts';
import type { Log } from './ground/log.ts';
import { Closers } from './ground/process.ts';
import { readSecret } from './ground/secret.ts';
import { startMailboxServer } from './mailbox/server.ts';
import { createMailboxStore, type MailboxStore } from './mailbox/store.ts';
import { openBackend } from './queue/backend.ts';
import { Queues } from './queue/queues.ts';
import { createPool } from './relays/pool.ts';
import { createRelays, type Relays } from './relays/relays.ts';
import { parseSmtpUrl } from './relays/settings.ts';
import type { RelaySettings } from './relays/types.ts';
import { createLinks, type Links } from './rendering/links.ts';
import { type Database, openStore, type Store } from './store/database.ts';
import { assertMigrated, migrate } from './store/migrate.ts';

/** What only a test or the demo sets. */
export interface AppOptions {
  readonly clock?: Clock;
  /** Sources that may lie in a private network although `ALLOW_PRIVATE_FEEDS` is off. */
  readonly allowPrivate?: (host: string, port: number) => boolean;
}

/** Connections to the built-in mailbox. */
const MAILBOX_CONNECTIONS = 20;

/**
 * What a process has opened. The database is always there; queue, relays, mailbox and fetcher are opened when first
 * asked for, and everything is closed in reverse order.
 */
export class App {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly closers: Closers;
  readonly store: Store;
  readonly db: Database;
  /** `SECRET_KEY`, or the one generated in `DATA_DIR`. */
  readonly secret: string;
  readonly links: Links;
  readonly mailbox: MailboxStore;
  /** True once this process delivers. */
  delivering = false;
  readonly #options: AppOptions;
  #queues: Promise<Queues> | undefined;
  #relays: Promise<Relays> | undefined;
  #fetcher: Fetcher | undefined;

  constructor(config: Config, log: Log, store: Store, closers: Closers, options: AppOptions) {
    this.config = config;
    this.log = log;
    this.clock = options.clock ?? systemClock;
    this.closers = closers;
    this.store = store;
    this.db = store.db;
    this.secret = readSecret(config);
    this.links = createLinks({
      publicUrl: config.PUBLIC_URL,
      secret: this.secret,
    });
    this.mailbox = createMailboxStore(join(config.DATA_DIR, 'mailbox'));
    this.#options = options;
  }

  /** False while the built-in mailbox takes all mail. */
  get mailLeaves(): boolean {
    return this.config.SMTP_URL !== undefined;
  }

  queues(): Promise<Queues> {
    this.#queues ??= this.#openQueues();
    return this.#queues;
  }

  relays(): Promise<Relays> {
    this.#relays ??= this.#openRelays();
    return this.#relays;
  }

  fetcher(): Fetcher {
    if (this.#fetcher) return this.#fetcher;
    const { allowPrivate = () => false } = this.#options;
    const all = this.config.ALLOW_PRIVATE_FEEDS;
    const fetcher = createFetcher({ allowPrivate: (host, port) => all || allowPrivate(host, port) });
    this.closers.add('feed connections', () => fetcher.close());
    this.#fetcher = fetcher;
    return fetcher;
  }

  async #openQueues(): Promise<Queues> {
    const queues = new Queues(await openBackend(this.config, this.store, this.log), this.log);
    this.closers.add('queue', () => queues.close());
    return queues;
  }

  async #openRelays(): Promise<Relays> {
    const settings =
      this.config.SMTP_URL === undefined ? [await this.#startMailbox()] : parseSmtpUrl(this.config.SMTP_URL);
    const ehloName = new URL(this.config.PUBLIC_URL).hostname;
    const pools = settings.map((relay) =>
      createPool(relay, { log: this.log, ehloName, now: Date.now, random: Math.random }),
    );
    const relays = createRelays(pools);
    this.closers.add('relays', () => relays.close());
    return relays;
  }

  /** The built-in mailbox is a relay like any other, but on this machine and in this process. */
  async #startMailbox(): Promise<RelaySettings> {
    const server = await startMailboxServer({ store: this.mailbox, log: this.log });
    this.closers.add('mailbox', () => server.close());
    this.log.warn(
      { dir: join(this.config.DATA_DIR, 'mailbox') },
      'SMTP_URL is not set: mail is not leaving this machine, the mailbox keeps it',
    );
    const { port } = server;
    return {
      name: 'mailbox',
      host: '127.0.0.1',
      port,
      user: null,
      password: null,
      tls: 'off',
      connections: MAILBOX_CONNECTIONS,
      rate: null,
    };
  }
}

/**
 * Opens the database (migrating an embedded one, refusing a server's that is behind) for a command or a process.
 * @throws Problem when the database cannot be used, or `SMTP_URL` is wrong.
 */
export async function openApp(config: Config, log: Log, options: AppOptions = {}): Promise<App> {
  if (config.SMTP_URL !== undefined) parseSmtpUrl(config.SMTP_URL);
  const closers = new Closers(log);
  const store = await openStore(config);
  closers.add('database', () => store.close());
  try {
    if (config.embedded) await migrate(store.door);
    else await assertMigrated(store.door);
    return new App(config, log, store, closers, options);
  } catch (error) {
    await closers.close();
    throw error;
  }
}
