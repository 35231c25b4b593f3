import type { App } from '../src/app.ts';
import { startCollecting } from '../src/jobs.ts';

/** Fetches feeds. */
export async function startCollect(app: App): Promise<void> {
  await startCollecting(app);
}
