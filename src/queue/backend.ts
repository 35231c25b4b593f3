import { createPostgresBackend, Queue, runMigrations, Worker, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { Config } from '../ground/config.ts';
import { messageOf, Problem } from '../ground/errors.ts';
import type { Log } from '../ground/log.ts';
import type { Store } from '../store/database.ts';
import type { Door } from '../store/door.ts';
import { backoffMs, JOB_OPTIONS, lockOptions, WORKER_OPTIONS } from './retention.ts';

/** A job as a processor sees it, whichever engine keeps it. */
interface RawJob {
  readonly data: unknown;
  readonly attemptsMade: number;
  moveToDelayed(timestamp: number, token?: string): Promise<void>;
}

interface RawNewJob {
  readonly name: string;
  readonly data: unknown;
  readonly opts: { readonly jobId: string; readonly delay?: number };
}

/** What is used of a BullMQ queue. */
export interface RawQueue {
  addBulk(jobs: RawNewJob[]): Promise<unknown>;
  getJob(id: string): Promise<{ readonly data: unknown } | undefined>;
  getJobCounts(...types: ('waiting' | 'active' | 'delayed')[]): Promise<Record<string, number>>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** What is used of a BullMQ worker. */
export interface RawWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(
    event: 'failed',
    listener: (job: { readonly id?: string | undefined } | undefined, error: Error) => void,
  ): unknown;
  run(): Promise<void>;
  close(): Promise<void>;
}

type Processor = (job: RawJob, token?: string) => Promise<void>;

/** Makes queues and workers; nothing outside this file knows on what. */
export interface QueueBackend {
  readonly kind: 'redis' | 'postgres';
  makeQueue(name: string): RawQueue;
  makeWorker(name: string, processor: Processor, concurrency: number): RawWorker;
  close(): Promise<void>;
}

const workerOptions = (concurrency: number, lockSeconds: number) => ({
  ...WORKER_OPTIONS,
  ...lockOptions(lockSeconds),
  concurrency,
  autorun: false,
  settings: { backoffStrategy: (attempt: number) => backoffMs(attempt) },
});

/** Sessions for each process: workers keep one each for ever, and each of few queues needs some for its calls. */
const QUEUE_SESSIONS = 14;

const onPostgres = withBackend(createPostgresBackend);

async function migrateQueue(door: Door): Promise<void> {
  const client = await door.connect();
  try {
    await runMigrations(client, 'bullmq');
  } finally {
    client.release();
  }
}

async function openOnPostgres(store: Store, lockSeconds: number): Promise<QueueBackend> {
  const door = store.openQueueDoor(QUEUE_SESSIONS);
  await migrateQueue(door);
  return {
    kind: 'postgres',
    makeQueue: (name) => new onPostgres.Queue(name, { connection: door, defaultJobOptions: JOB_OPTIONS }),
    makeWorker: (name, processor, concurrency) =>
      new onPostgres.Worker(name, processor, {
        connection: door,
        ...workerOptions(concurrency, lockSeconds),
      }),
    // The store owns the sessions.
    close: async () => {},
  };
}

async function connectRedis(url: string, log: Log): Promise<Redis> {
  const redis = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true, connectTimeout: 10_000 });
  let why = 'it does not answer';
  redis.on('error', (error) => {
    why = messageOf(error);
    log.debug({ error: why }, 'redis');
  });
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    redis.disconnect();
    const { host } = new URL(url);
    throw new Problem(
      'unavailable',
      `Redis at ${host} cannot be used: ${why}. Nothing was lost: the queue is rebuilt from the database. Start it, or correct REDIS_URL, and try again.`,
      { cause: error },
    );
  }
}

async function openOnRedis(url: string, config: Config, log: Log): Promise<QueueBackend> {
  const connection = await connectRedis(url, log);
  const prefix = config.QUEUE_PREFIX;
  return {
    kind: 'redis',
    makeQueue: (name) => new Queue(name, { connection, prefix, defaultJobOptions: JOB_OPTIONS }),
    makeWorker: (name, processor, concurrency) =>
      new Worker(name, processor, {
        connection,
        prefix,
        ...workerOptions(concurrency, config.QUEUE_LOCK_SECONDS),
      }),
    close: async () => connection.disconnect(),
  };
}

/**
 * Opens the queue on Redis (`REDIS_URL`), else on the database's own Postgres or PGlite.
 * @throws Problem (`unavailable`) when Redis cannot be reached.
 */
export async function openBackend(config: Config, store: Store, log: Log): Promise<QueueBackend> {
  return config.REDIS_URL === undefined
    ? openOnPostgres(store, config.QUEUE_LOCK_SECONDS)
    : openOnRedis(config.REDIS_URL, config, log);
}
