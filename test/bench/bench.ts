import type { Servers } from './support/servers.ts';

/** What the command line sets; a benchmark has its own size for what is left out. */
interface BenchSizes {
  readonly subscribers?: number | undefined;
  readonly feeds?: number | undefined;
  /** Mails in a round of `personalise`. */
  readonly mails?: number | undefined;
  readonly rounds?: number | undefined;
}

/** What every benchmark is given. */
export interface BenchContext {
  readonly sizes: BenchSizes;
  /** Postgres and Redis, started when first asked for; null where they are not installed. */
  readonly servers: () => Promise<Servers | null>;
  /** Where the delivering process writes a CPU profile, or null. */
  readonly profileDir: string | null;
  /** Tells a person what is under way. */
  readonly say: (text: string) => void;
}

/** Something measured. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

/** Two figures of the same run, compared: what is worth quoting. */
export interface Ratio {
  readonly what: string;
  readonly value: number;
  /** What it should reach, or null when it is there for comparison only. */
  readonly goal: string | null;
}

/** What a benchmark found. */
export interface Measured {
  readonly kind: 'measured';
  /** What was set up. */
  readonly setUp: string;
  readonly figures: readonly Figure[];
  readonly ratios: readonly Ratio[];
  /** What a reader must know to quote this honestly. */
  readonly notes: readonly string[];
}

/** A benchmark that this machine cannot run. */
export interface Skipped {
  readonly kind: 'skipped';
  readonly why: string;
}

export interface Benchmark {
  readonly name: string;
  /** One line for the list of benchmarks. */
  readonly about: string;
  run(context: BenchContext): Promise<Measured | Skipped>;
}

export const NO_SERVERS: Skipped = {
  kind: 'skipped',
  why: 'Postgres or Redis is not installed: install them, or set DATABASE_URL and REDIS_URL',
};

/** The middle one of an odd number of values, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  const high = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return (low + high) / 2;
}

/** `of()` and how many seconds it took. */
export async function timed<T>(
  of: () => Promise<T>,
): Promise<{ readonly value: T; readonly seconds: number }> {
  const startedAt = performance.now();
  const value = await of();
  return { value, seconds: (performance.now() - startedAt) / 1000 };
}
