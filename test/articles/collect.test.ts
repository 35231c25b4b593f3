import { describe, expect, onTestFinished, test } from 'vitest';
import { collectNewsletter, collectSource } from '../../src/articles/collect.ts';
import { createFetcher } from '../../src/feeds/fetch.ts';
import { listSources } from '../../src/feeds/sources.ts';
import { systemClock } from '../../src/ground/clock.ts';
import { silentLog } from '../../src/ground/log.ts';
import { engines } from '../support/backends.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { testStore } from '../support/store.ts';
import { makeNewsletter, makeSource } from './gathering.ts';

const rss = (...names: string[]) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>Chain News</title>${names
    .map((name) => `<item><title>${name}</title><link>https://chain.example/${name}</link></item>`)
    .join('')}</channel></rss>`;

describe.each(engines())('collecting on %s', (backend) => {
  async function place() {
    const { db } = await testStore(backend);
    const server = await startFeedServer();
    const fetcher = createFetcher({ allowPrivate: () => true });
    onTestFinished(async () => {
      await fetcher.close();
      await server.close();
    });
    const newsletter = await makeNewsletter(db);
    const deps = { db, clock: systemClock, log: silentLog(), fetcher };
    return { db, server, newsletter, deps };
  }

  test('each source comes to its own end, and a bad one spoils no other', async () => {
    const { db, server, newsletter, deps } = await place();
    server.on('/good', { body: rss('a', 'b'), headers: { etag: '"1"' } });
    server.on('/page', { body: '<!doctype html><html><body>Hello</body></html>' });
    server.on('/busy', { status: 503, headers: { 'retry-after': '86000' } });
    for (const path of ['/good', '/page', '/busy', '/missing'])
      await makeSource(db, newsletter, `${server.origin}${path}`);
    const { sources } = await collectNewsletter(deps, newsletter);
    const nothing = { added: 0, updated: 0, unchanged: 0 };
    expect(sources).toEqual([
      { url: `${server.origin}/good`, status: 'fetched', added: 2, updated: 0, unchanged: 0, error: null },
      {
        url: `${server.origin}/page`,
        status: 'failed',
        ...nothing,
        error: expect.stringMatching(/not a feed/),
      },
      { url: `${server.origin}/busy`, status: 'failed', ...nothing, error: expect.stringMatching(/503/) },
      { url: `${server.origin}/missing`, status: 'failed', ...nothing, error: expect.stringMatching(/404/) },
    ]);
    const [good, page, busy] = await listSources(db, newsletter);
    expect(good).toMatchObject({ title: 'Chain News', etag: '"1"', failures: 0, last_error: null });
    expect(page).toMatchObject({ failures: 1, last_error: expect.stringMatching(/not a feed/) });
    expect(busy?.next_at.since(busy.fetched_at ?? busy.next_at).total('seconds')).toBe(86_000);
  });

  test('what did not change is not sent again; a feed that broke keeps its articles and is asked anew', async () => {
    const { db, server, newsletter, deps } = await place();
    const states: (string | undefined)[] = [];
    let body = rss('a');
    server.on('/feed', (request, response) => {
      states.push(request.headers['if-none-match']);
      const etag = `"${body.length}"`;
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(200, { etag }).end(body);
    });
    await makeSource(db, newsletter, `${server.origin}/feed`);
    const collect = async () => (await collectNewsletter(deps, null)).sources[0];
    expect(await collect()).toMatchObject({ status: 'fetched', added: 1 });
    expect(await collect()).toMatchObject({ status: 'unchanged', added: 0, error: null });
    const first = `"${body.length}"`;
    body = 'no feed at all';
    expect(await collect()).toMatchObject({ status: 'failed' });
    body = rss('b', 'a');
    expect(await collect()).toMatchObject({ status: 'fetched', added: 1, unchanged: 1 });
    expect(states).toEqual([undefined, first, first, first]);
    expect(await db.selectFrom('articles').selectAll().execute()).toHaveLength(2);
  });

  test('at most eight are asked at once', async () => {
    const { db, newsletter, deps } = await place();
    for (let n = 0; n < 20; n += 1) await makeSource(db, newsletter, `https://chain.example/${n}`);
    let open = 0;
    let most = 0;
    const fetcher = {
      async fetch() {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return { kind: 'unchanged' as const };
      },
    };
    const { sources } = await collectNewsletter({ ...deps, fetcher }, newsletter);
    expect(sources.map(({ url, status }) => [url, status])).toEqual(
      sources.map((_, n) => [`https://chain.example/${n}`, 'unchanged']),
    );
    expect(sources).toHaveLength(20);
    expect(most).toBe(8);
  });

  test('an interruption is no failure of the source', async () => {
    const { db, server, newsletter, deps } = await place();
    const stop = new AbortController();
    server.on('/slow', () => stop.abort(new Error('stopping')));
    const source = await makeSource(db, newsletter, `${server.origin}/slow`);
    await expect(collectSource({ ...deps, signal: stop.signal }, source)).rejects.toThrow('stopping');
    expect(await listSources(db, newsletter)).toMatchObject([{ failures: 0, last_error: null }]);
  });

  test('what no feed can cause is told as a failure of that source too', async () => {
    const { db, newsletter, deps } = await place();
    const source = await makeSource(db, newsletter);
    const fetcher = { fetch: () => Promise.reject(new TypeError('x is not a function')) };
    const collected = await collectSource({ ...deps, fetcher }, source);
    expect(collected).toMatchObject({ status: 'failed', error: expect.stringMatching(/is safe/) });
  });
});
