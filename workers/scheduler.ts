import type { App } from '../src/app.ts';
import { startScheduler as startTicking } from '../src/schedule/scheduler.ts';

/** Watches the clock. Any number may run. */
export async function startScheduler(app: App): Promise<void> {
  const stop = await startTicking({
    db: app.db,
    queues: await app.queues(),
    log: app.log,
    now: () => app.clock.now(),
  });
  app.closers.add('scheduler', stop);
}
