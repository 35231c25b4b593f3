import { DelayedError } from 'bullmq';
import { messageOf } from '../ground/errors.ts';
import type { Log } from '../ground/log.ts';
import type { QueueBackend, RawQueue, RawWorker } from './backend.ts';
import type { JobHandler, JobKind, NewJob } from './define-job.ts';

/** A worker that takes jobs until it is stopped. */
export interface JobWorker {
  /** Stops taking and waits for the jobs under way. */
  stop(): Promise<void>;
}

/** The queue as the rest of the program uses it. */
export class Queues {
  readonly #backend: QueueBackend;
  readonly #log: Log;
  readonly #queues = new Map<string, RawQueue>();
  readonly #workers: RawWorker[] = [];

  constructor(backend: QueueBackend, log: Log) {
    this.#backend = backend;
    this.#log = log;
  }

  /** Queues jobs; those whose id is already queued, waiting or under way are ignored. */
  async add<Payload>(kind: JobKind<Payload>, jobs: readonly NewJob<Payload>[]): Promise<void> {
    if (jobs.length === 0) return;
    await this.#queue(kind.name).addBulk(
      jobs.map(({ id, payload, delayMs }) => ({
        name: kind.name,
        data: payload,
        opts: delayMs === undefined ? { jobId: id } : { jobId: id, delay: delayMs },
      })),
    );
  }

  /** How many jobs of a kind there are: waiting, with a worker, or waiting out a pause. */
  async backlog(kind: JobKind<unknown>): Promise<number> {
    const counts = await this.#queue(kind.name).getJobCounts('waiting', 'active', 'delayed');
    return (counts.waiting ?? 0) + (counts.active ?? 0) + (counts.delayed ?? 0);
  }

  /** What a job carries, or undefined when there is none of that id. */
  async find<Payload>(kind: JobKind<Payload>, id: string): Promise<Payload | undefined> {
    const job = await this.#queue(kind.name).getJob(id);
    return job === undefined ? undefined : kind.payload.parse(job.data);
  }

  /** Starts working jobs of a kind, `concurrency` at a time in this process. */
  work<Payload>(kind: JobKind<Payload>, concurrency: number, handler: JobHandler<Payload>): JobWorker {
    const worker = this.#backend.makeWorker(
      kind.name,
      async (job, token) => {
        const end = await handler(kind.payload.parse(job.data), job.attemptsMade + 1);
        if ('done' in end) return;
        await job.moveToDelayed(Date.now() + Math.ceil(end.againInMs), token);
        throw new DelayedError();
      },
      concurrency,
    );
    worker.on('error', (error) =>
      this.#log.warn({ job: kind.name, error: messageOf(error) }, 'queue trouble; going on'),
    );
    worker.on('failed', (job, error) =>
      this.#log.error(
        { job: job?.id ?? kind.name, error: messageOf(error) },
        'a job failed and will be tried again',
      ),
    );
    this.#workers.push(worker);
    worker
      .run()
      .catch((error) => this.#log.error({ job: kind.name, error: messageOf(error) }, 'worker ended'));
    return { stop: () => worker.close() };
  }

  /** Stops every worker, then closes the queues and the backend. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await this.#backend.close();
  }

  #queue(name: string): RawQueue {
    const known = this.#queues.get(name);
    if (known) return known;
    const queue = this.#backend.makeQueue(name);
    queue.on('error', (error) =>
      this.#log.warn({ job: name, error: messageOf(error) }, 'queue trouble; going on'),
    );
    this.#queues.set(name, queue);
    return queue;
  }
}
