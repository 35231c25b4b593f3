import { parseRssFeed } from 'feedsmith';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLE_ARTICLES } from '../../../src/cli/demo/articles.ts';
import { type ExampleSite, startExampleSite } from '../../../src/cli/demo/example-site.ts';

const now = Temporal.Instant.from('2026-03-30T10:00:00Z');

describe('the example site', () => {
  let site: ExampleSite;
  beforeAll(async () => {
    site = await startExampleSite({ now });
  });
  afterAll(() => site.close());

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${site.origin}${path}`, { headers });

  test('serves on the loopback only', () => {
    expect(site.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(site.feedUrl).toBe(`${site.origin}/feed.xml`);
  });

  test('serves a feed whose links and pictures all answer', async () => {
    const response = await fetch(site.feedUrl);
    expect(response.headers.get('content-type')).toBe('application/rss+xml; charset=utf-8');
    const items = parseRssFeed(await response.text()).items ?? [];
    expect(items.length).toBe(EXAMPLE_ARTICLES.length);
    for (const item of items) {
      const page = await fetch(item.link ?? '');
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await page.text()).toContain(`<meta charset="utf-8">`);
    }
    const picture = await fetch(items[0]?.media?.contents?.[0]?.url ?? '');
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer()).toString('latin1', 1, 4)).toBe('PNG');
  });

  test('the page of an article can be read, and so can the front page', async () => {
    const page = await (await get('/articles/bridges-should-fail-slowly')).text();
    expect(page).toContain('<h1>Bridges should fail slowly</h1>');
    expect(page).toContain('Dr Leontien Abara-Voss, security engineer');
    expect(page).toContain('<time datetime="2026-03-29T19:48:00Z">29 March 2026</time>');
    const front = await (await get('/')).text();
    for (const article of EXAMPLE_ARTICLES)
      expect(front).toContain(`${site.origin}/articles/${article.slug}"`);
  });

  test('says 304 to whoever has the feed already', async () => {
    const first = await get('/feed.xml');
    const etag = first.headers.get('etag') ?? '';
    const modified = first.headers.get('last-modified') ?? '';
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect(modified).toBe('Mon, 30 Mar 2026 07:42:00 GMT');

    const unchanged = await get('/feed.xml', { 'if-none-match': etag });
    expect(unchanged.status).toBe(304);
    expect(unchanged.headers.get('etag')).toBe(etag);
    expect(await unchanged.text()).toBe('');
    expect((await get('/feed.xml', { 'if-none-match': `"other", W/${etag}` })).status).toBe(304);
    expect((await get('/feed.xml', { 'if-modified-since': modified })).status).toBe(304);
  });

  test('sends the feed to whoever has another one', async () => {
    const modified = 'Mon, 30 Mar 2026 07:42:00 GMT';
    expect(
      (await get('/feed.xml', { 'if-none-match': '"other"', 'if-modified-since': modified })).status,
    ).toBe(200);
    expect((await get('/feed.xml', { 'if-modified-since': 'Mon, 30 Mar 2026 07:41:59 GMT' })).status).toBe(
      200,
    );
    expect((await get('/feed.xml', { 'if-modified-since': 'nonsense' })).status).toBe(200);
  });

  test.each([
    '/nowhere',
    '/articles/',
    '/articles/../feed.xml%00',
    '//',
    '/images/nowhere.png',
    '/__proto__',
  ])('%s is not found', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test('HEAD has no body, and nothing can be written', async () => {
    const head = await fetch(site.feedUrl, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(50_000);
    expect(await head.text()).toBe('');
    const post = await fetch(site.feedUrl, { method: 'POST', body: 'x' });
    expect(post.status).toBe(405);
    expect(post.headers.get('allow')).toBe('GET, HEAD');
  });

  test('two run side by side, and a closed one answers no more', async () => {
    const other = await startExampleSite({ now });
    expect(other.origin).not.toBe(site.origin);
    expect((await fetch(other.feedUrl)).status).toBe(200);
    await other.close();
    await expect(fetch(other.feedUrl)).rejects.toThrow();
    expect((await fetch(site.feedUrl)).status).toBe(200);
  });
});
