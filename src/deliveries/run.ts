import { hostname } from 'node:os';
import { sql } from 'kysely';
import { messageOf } from '../ground/errors.ts';
import type { RunId } from '../ground/ids.ts';
import type { Log } from '../ground/log.ts';
import type { Database } from '../store/database.ts';
import type { DeliveryRef } from './jobs.ts';

/** A run that has not beaten for so long claims nothing more: others may already hold it for dead. */
const FENCE_SHARE = 2 / 3;

/**
 * One worker process as the ledger knows it: a row that beats. While it beats, what it holds is its own; when it has
 * not for `deadSeconds`, the sweep takes everything back.
 */
export class WorkerRun {
  readonly #db: Database;
  readonly #log: Log;
  readonly #deadSeconds: number;
  readonly #held = new Set<string>();
  #id: RunId;
  #beatAt: number;
  #timer: NodeJS.Timeout | undefined;

  private constructor(db: Database, log: Log, deadSeconds: number, id: RunId) {
    this.#db = db;
    this.#log = log;
    this.#deadSeconds = deadSeconds;
    this.#id = id;
    this.#beatAt = performance.now();
  }

  /** Registers a run and starts its beat. With `alone` (the directory is ours) every other run is over. */
  static async start(
    db: Database,
    log: Log,
    options: { beatSeconds: number; deadSeconds: number; alone: boolean },
  ): Promise<WorkerRun> {
    if (options.alone)
      await db
        .updateTable('worker_runs')
        .set({ ended_at: sql`now()` })
        .where('ended_at', 'is', null)
        .execute();
    const run = new WorkerRun(db, log, options.deadSeconds, await register(db));
    run.#timer = setInterval(() => void run.beat(), options.beatSeconds * 1000);
    return run;
  }

  get id(): RunId {
    return this.#id;
  }

  /** False when the last good beat is too long ago: then nothing new may be claimed. */
  get mayClaim(): boolean {
    return performance.now() - this.#beatAt < this.#deadSeconds * 1000 * FENCE_SHARE;
  }

  /** Marks a delivery as under way in this process, from before its claim until after its record. */
  hold(ref: DeliveryRef): () => void {
    const key = `${ref.editionId}.${ref.id}`;
    this.#held.add(key);
    return () => this.#held.delete(key);
  }

  /**
   * Beats. A run that was declared dead meanwhile goes on under a new id: its old claims are no longer its own.
   * Also gives back claims whose commit was never heard of (the database went away in that moment).
   */
  async beat(): Promise<void> {
    const startedAt = performance.now();
    try {
      const alive = await this.#db
        .updateTable('worker_runs')
        .set({ beat_at: sql`now()` })
        .where('id', '=', this.#id)
        .where('ended_at', 'is', null)
        .returning('id')
        .executeTakeFirst();
      if (alive === undefined) {
        this.#id = await register(this.#db);
        this.#log.warn({ run: this.#id }, 'this process was held for dead; it goes on as a new run');
      }
      this.#beatAt = startedAt;
      await this.#giveBackUnheld();
    } catch (error) {
      this.#log.warn({ run: this.#id, error: messageOf(error) }, 'no beat: the database did not answer');
    }
  }

  /** Ends the run: gives back what was claimed and not handed over. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#held.clear();
    await this.#giveBackUnheld();
    await this.#db
      .updateTable('worker_runs')
      .set({ ended_at: sql`now()` })
      .where('id', '=', this.#id)
      .execute();
  }

  async #giveBackUnheld(): Promise<void> {
    const rows = await this.#db
      .selectFrom('deliveries')
      .select(['edition_id', 'id'])
      .where('run_id', '=', this.#id)
      .where('state', '=', 'sending')
      .where('handed_over_at', 'is', null)
      .execute();
    const lost = rows.filter((row) => !this.#held.has(`${row.edition_id}.${row.id}`));
    for (const row of lost)
      await this.#db
        .updateTable('deliveries')
        .set({ state: 'queued', run_id: null, enqueued_at: null })
        .where('edition_id', '=', row.edition_id)
        .where('id', '=', row.id)
        .where('run_id', '=', this.#id)
        .where('state', '=', 'sending')
        .where('handed_over_at', 'is', null)
        .execute();
  }
}

async function register(db: Database): Promise<RunId> {
  const row = await db
    .insertInto('worker_runs')
    .values({ host: hostname(), pid: process.pid })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}
