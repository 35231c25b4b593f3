import type { Benchmark } from './bench.ts';
import { collect } from './collect.ts';
import { deliver } from './deliver.ts';
import { deliverEmbedded } from './deliver-embedded.ts';
import { fanOut } from './fan-out.ts';
import { personalise } from './personalise.ts';
import { start } from './start.ts';

/** Every benchmark; with their own sizes all of them together take less than five minutes. */
export const BENCHMARKS: readonly Benchmark[] = [
  personalise,
  deliver,
  deliverEmbedded,
  fanOut,
  collect,
  start,
];
