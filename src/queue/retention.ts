/**
 * How BullMQ keeps and retries jobs here. The ledger is the truth and a job only says who is next, so a finished or
 * failed job is removed at once (a kept id would block adding the delivery's job again), and nothing BullMQ counts may
 * end a job: attempts are practically endless, and a worker that was killed many times leaves the job alive
 * (`maxStalledCount` 1, the default, fails it the third time).
 */
export const JOB_OPTIONS = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1_000_000,
  backoff: { type: 'custom' },
} as const;

export const WORKER_OPTIONS = {
  /** Milliseconds until a worker whose engine went away looks again; BullMQ's 15 s would be most of an outage. */
  runRetryDelay: 1_000,
  maxStalledCount: 1_000_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
} as const;

/** A job whose worker is silent for so long is given to another: locks are renewed at half of it. */
export function lockOptions(lockSeconds: number) {
  return { lockDuration: lockSeconds * 1000, stalledInterval: lockSeconds * 500 };
}

/** Milliseconds until a job whose handler threw runs again: 1 s doubling to 1 min. */
export function backoffMs(attempt: number): number {
  return Math.min(60_000, 1000 * 2 ** Math.min(attempt - 1, 6));
}
