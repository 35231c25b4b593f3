import { z } from 'zod';
import { runScript } from './children.ts';
import type { FrozenMail } from './edition.ts';

const SCRIPT = new URL('../yardstick.ts', import.meta.url);
const answer = z.object({ seconds: z.number(), cpuSeconds: z.number() });

/** What the loop that one would write first is to send. */
export interface YardstickTask {
  readonly frozen: FrozenMail;
  readonly subscribers: number;
  readonly port: number;
  readonly connections: number;
  readonly dkim: boolean;
}

/** Runs that loop; `seconds` from the first mail begun to the last answered. */
export async function runYardstick(task: YardstickTask): Promise<z.output<typeof answer>> {
  return answer.parse(await runScript(SCRIPT, task));
}
