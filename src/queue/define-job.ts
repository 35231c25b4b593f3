import type { z } from 'zod';

/** A kind of job: its name (also its queue's) and what it carries. Handlers are paired with these in `jobs.ts`. */
export interface JobKind<Payload> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
}

/** Defines a kind of job once, for those who queue it and those who work it. */
export function defineJob<Payload>(name: string, payload: z.ZodType<Payload>): JobKind<Payload> {
  return { name, payload };
}

/** One job to be queued. The same id twice is one job: the second is ignored while the first exists. */
export interface NewJob<Payload> {
  /** Letters, digits and `-`; not a bare number (BullMQ refuses those, and `:`). */
  readonly id: string;
  readonly payload: Payload;
  readonly delayMs?: number;
}

/** How a handler leaves its job: finished, or to be woken again after a while. */
export type JobEnd = { readonly done: true } | { readonly againInMs: number };

export const DONE: JobEnd = { done: true };

/** Works one job. A throw is an accident of ours: the job is tried again, later and later. */
export type JobHandler<Payload> = (payload: Payload, attempt: number) => Promise<JobEnd>;
