import type { App } from '../src/app.ts';
import { startCollect } from './collect.ts';
import { startCompose } from './compose.ts';
import { startDeliver } from './deliver.ts';
import { startScheduler } from './scheduler.ts';
import { startWeb } from './web.ts';

/** Every part of a running Broadsheet, in the order in which they start; they stop in reverse. */
export const PARTS = {
  web: startWeb,
  collect: startCollect,
  compose: startCompose,
  deliver: startDeliver,
  scheduler: startScheduler,
} as const satisfies Record<string, (app: App) => Promise<unknown>>;

export type Part = keyof typeof PARTS;

/** True for the name of a part. */
export function isPart(name: string): name is Part {
  return Object.hasOwn(PARTS, name);
}

/** Starts the named parts in this process, in the order above. */
export async function startParts(app: App, names: ReadonlySet<Part>): Promise<void> {
  for (const [name, start] of Object.entries(PARTS)) if (isPart(name) && names.has(name)) await start(app);
}
