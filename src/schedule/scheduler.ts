import cron from 'node-cron';
import { messageOf } from '../ground/errors.ts';
import { type TickDeps, tick } from './tick.ts';

/**
 * Ticks once at the start, for what came due while nobody ran, and then every minute. node-cron only wakes us: which
 * times a schedule has is computed by Temporal (node-cron 4.6 skips 02:30 on a spring-forward night).
 * @returns how to stop.
 */
export async function startScheduler(deps: TickDeps): Promise<() => Promise<void>> {
  let ticking: Promise<void> = Promise.resolve();
  const round = () => {
    ticking = ticking.then(() =>
      tick(deps).catch((error) =>
        deps.log.error({ error: messageOf(error) }, 'a tick failed and is made up for by the next'),
      ),
    );
    return ticking;
  };
  await round();
  const task = cron.schedule('* * * * *', round, { timezone: 'UTC', noOverlap: true });
  return async () => {
    await task.destroy();
    await ticking;
  };
}
