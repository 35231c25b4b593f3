import type { App } from '../src/app.ts';
import { startComposing } from '../src/jobs.ts';

/** Composes editions whose time has come. */
export async function startCompose(app: App): Promise<void> {
  await startComposing(app);
}
