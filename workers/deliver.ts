import type { App } from '../src/app.ts';
import { startDelivering } from '../src/deliveries/deliver.ts';
import { momentsFrom } from '../src/deliveries/fault-points.ts';

/** Delivers: fan-out, queue, SMTP, ledger. */
export async function startDeliver(app: App): Promise<void> {
  const { config, log } = app;
  app.delivering = true;
  const queues = await app.queues();
  const relays = await app.relays();
  const stop = await startDelivering({
    db: app.db,
    queues,
    relays,
    relayNames: relays.names,
    links: app.links,
    secret: app.secret,
    log,
    now: () => app.clock.now(),
    random: Math.random,
    queueAhead: config.QUEUE_AHEAD,
    concurrency: Math.min(config.DELIVER_CONCURRENCY ?? relays.totalConnections, relays.totalConnections),
    times: {
      beatSeconds: config.BEAT_SECONDS,
      deadSeconds: config.RUN_DEAD_SECONDS,
      sweepSeconds: config.SWEEP_SECONDS,
      unsureSeconds: config.UNSURE_SECONDS,
      reofferSeconds: config.REOFFER_SECONDS,
    },
    alone: config.embedded,
    ...momentsFrom(config.DIE_AT),
  });
  app.closers.add('deliver worker', stop);
}
