import { collectNewsletter, collectSource } from '../../src/articles/collect.ts';
import { addSource, listSources } from '../../src/feeds/sources.ts';
import type { NewsletterId } from '../../src/ground/ids.ts';
import { collectDeps } from '../../src/jobs.ts';
import { type FeedServer, startFeedServer } from '../support/feed-server.ts';
import { type BenchContext, type Benchmark, type Measured, timed } from './bench.ts';
import { addBenchNewsletter } from './support/edition.ts';
import { inPlace, type Place, withApp } from './support/place.ts';

const FEEDS = 100;
/** One after the other they are only sampled: each takes as long as the next. */
const ONE_BY_ONE = 20;
const SLOW_MS = 200;
const ITEMS = 20;

function rss(host: string): string {
  const items = Array.from({ length: ITEMS }, (_, n) => {
    const link = `https://${host}/articles/${n}`;
    return `<item><title>Piece ${n} of ${host}</title><link>${link}</link><guid>${link}</guid>
      <pubDate>${new Date(Date.now() - n * 3_600_000).toUTCString()}</pubDate><description>What ${host} has to say, part ${n}.</description></item>`;
  });
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>${host}</title><link>https://${host}/</link>${items.join('')}</channel></rss>`;
}

/** Every host has a feed of its own; each answer takes its time. Returns how many bodies were sent so far. */
function serveSlowFeeds(server: FeedServer): () => number {
  let bodies = 0;
  server.on('/feed.xml', (request, response) => {
    const host = request.headers.host ?? '';
    const etag = `"${host}"`;
    setTimeout(() => {
      if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end();
      bodies += 1;
      return response.writeHead(200, { etag, 'content-type': 'application/rss+xml' }).end(rss(host));
    }, SLOW_MS);
  });
  return () => bodies;
}

async function measure(context: BenchContext, place: Place, engine: string): Promise<Measured> {
  const feeds = context.sizes.feeds ?? FEEDS;
  const oneByOne = Math.min(ONE_BY_ONE, feeds);
  const server = await startFeedServer();
  const bodies = serveSlowFeeds(server);
  return withApp(place.env, async (app) => {
    const add = async (newsletterId: NewsletterId, from: number, count: number) => {
      for (let n = from; n < from + count; n += 1) {
        const url = `http://f${n}.localhost:${server.port}/feed.xml`;
        await addSource(app, { newsletterId, url, section: null });
      }
    };
    const deps = collectDeps(app);
    const all = await addBenchNewsletter(app, 'all');
    await add(all.id, 1, feeds);
    const some = await addBenchNewsletter(app, 'some');
    await add(some.id, feeds + 1, oneByOne);
    context.say(`${oneByOne} feeds one after the other …`);
    const sources = await listSources(app.db, some.id);
    const slowly = await timed(async () => {
      for (const source of sources) await collectSource(deps, source);
    });
    context.say(`${feeds} feeds …`);
    const first = await timed(() => collectNewsletter(deps, all.id));
    const failed = first.value.sources.filter((source) => source.status !== 'fetched');
    if (failed.length > 0) throw new Error(`not collected: ${JSON.stringify(failed[0])}`);
    const before = bodies();
    context.say('once more, nothing changed …');
    const second = await timed(() => collectNewsletter(deps, all.id));
    if (bodies() !== before) throw new Error(`${bodies() - before} feeds were downloaded again unchanged`);
    return report({
      feeds,
      engine,
      each: slowly.seconds / oneByOne,
      first: first.seconds,
      second: second.seconds,
    });
  }).finally(() => server.close());
}

function report(of: {
  feeds: number;
  engine: string;
  each: number;
  first: number;
  second: number;
}): Measured {
  const { feeds, each, first, second } = of;
  return {
    kind: 'measured',
    setUp: `${feeds} feeds of ${ITEMS} items on as many names, each answering after ${SLOW_MS} ms; ${of.engine}`,
    figures: [
      { what: 'first time', value: first, unit: 's' },
      { what: 'again, unchanged', value: second, unit: 's' },
      { what: 'one after the other, sampled', value: each * feeds, unit: 's' },
      { what: 'bodies downloaded again', value: 0, unit: '' },
    ],
    ratios: [
      { what: 'time: one after the other ÷ first time', value: (each * feeds) / first, goal: null },
      { what: 'time: first ÷ unchanged', value: first / second, goal: null },
    ],
    notes: ['The goal of 20 s is for 500 feeds: --feeds 500.'],
  };
}

/** Many slow feeds at once, against one after the other. */
export const collect: Benchmark = {
  name: 'collect',
  about: 'slow feeds collected at once, against one after the other; then again, unchanged',
  async run(context) {
    const servers = await context.servers();
    const engine = servers === null ? 'PGlite' : 'Postgres (fsync off)';
    return inPlace(servers, (place) => measure(context, place, engine));
  },
};
