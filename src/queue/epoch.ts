import { z } from 'zod';
import { defineJob } from './define-job.ts';
import type { Queues } from './queues.ts';

/**
 * A mark in the queue that is lost when the queue is (FLUSHALL, a Redis that restarts empty, another backend). It is a
 * job that never comes due and that no worker works, so that every backend can keep it.
 */
const epochMark = defineJob('queue-epoch', z.object({ epoch: z.string() }));
const MARK_ID = 'epoch-mark';
const FAR_MS = 100 * 365 * 24 * 3_600_000;

/** The queue's mark, or null when this queue has none. */
export async function readEpoch(queues: Queues): Promise<string | null> {
  return (await queues.find(epochMark, MARK_ID))?.epoch ?? null;
}

/** Marks the queue, unless it is marked; returns the mark that now stands. */
export async function markEpoch(queues: Queues, epoch: string): Promise<string | null> {
  await queues.add(epochMark, [{ id: MARK_ID, payload: { epoch }, delayMs: FAR_MS }]);
  return readEpoch(queues);
}
