/** Fans one edition out and feeds the queue once, alone in its process, so that its memory is nobody else's. */
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { fanOut } from '../../src/deliveries/fan-out.ts';
import { feed } from '../../src/deliveries/feed.ts';
import { type EditionId, isId } from '../../src/ground/ids.ts';
import { timed } from './bench.ts';
import { withApp } from './support/place.ts';

const task = z.object({
  env: z.record(z.string(), z.string()),
  id: z.string().refine((text): text is EditionId => isId<EditionId>(text)),
});

const { env, id } = task.parse(await json(process.stdin));
const answer = await withApp(env, async (app) => {
  const queues = await app.queues();
  const startMegabytes = process.memoryUsage.rss() / 1024 ** 2;
  const fanning = await timed(() => fanOut(app.db, id));
  const queueAhead = app.config.QUEUE_AHEAD;
  const feeding = await timed(() => feed({ db: app.db, queues, log: app.log, queueAhead }));
  return {
    fanOutSeconds: fanning.seconds,
    feedSeconds: feeding.seconds,
    offered: feeding.value,
    startMegabytes,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
});
process.stdout.write(JSON.stringify(answer));
