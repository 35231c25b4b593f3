import { parseRssFeed } from 'feedsmith';
import { describe, expect, test } from 'vitest';
import { EXAMPLE_ARTICLES } from '../../../src/cli/demo/articles.ts';
import { escaped, exampleFeed } from '../../../src/cli/demo/example-feed.ts';

const now = Temporal.Instant.from('2026-03-30T10:00:00Z');
const origin = 'http://127.0.0.1:4711';
const feed = parseRssFeed(exampleFeed({ origin, now }));
const items = feed.items ?? [];

describe('the example feed', () => {
  test('is RSS 2.0 that says where it is', () => {
    expect(exampleFeed({ origin, now })).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<rss version="2\.0" /,
    );
    expect(feed.title).toBe('Merkle Street');
    expect(feed.link).toBe(`${origin}/`);
    expect(feed.atom?.links?.[0]).toMatchObject({ href: `${origin}/feed.xml`, rel: 'self' });
    expect(feed.lastBuildDate).toBe(items[0]?.pubDate);
  });

  test('has every article once, with links and ids of its own', () => {
    expect(items.length).toBe(EXAMPLE_ARTICLES.length);
    expect(new Set(items.map((item) => item.guid?.value)).size).toBe(items.length);
    expect(new Set(items.map((item) => item.link)).size).toBe(items.length);
    for (const item of items) {
      expect(item.guid?.value).toBe(item.link);
      expect(item.link?.startsWith(`${origin}/articles/`)).toBe(true);
    }
  });

  test('is dated within the last three weeks, newest first', () => {
    const ages = items.map((item) => now.epochMilliseconds - Date.parse(item.pubDate ?? ''));
    expect(Math.min(...ages)).toBeGreaterThan(0);
    expect(Math.max(...ages)).toBeLessThan(21 * 86_400_000);
    expect(ages).toEqual(ages.toSorted((a, b) => a - b));
    expect(items[0]?.pubDate).toBe('Mon, 30 Mar 2026 07:42:00 GMT');
  });

  test.each(EXAMPLE_ARTICLES.map((article, index) => [article.slug, article, items[index]] as const))(
    '%s comes through whole',
    (slug, article, item) => {
      expect(item?.title).toBe(article.title);
      expect(item?.description).toBe(article.summary);
      expect(item?.dc?.creators).toEqual([article.author]);
      expect(item?.categories?.map((category) => category.name)).toEqual([article.category, ...article.tags]);
      expect(item?.content?.encoded).toContain('</p>');
      expect(item?.content?.encoded).toMatch(
        /<img src="[^"]+" alt="Abstract illustration: [^"]+" width="640" height="336">/,
      );
      expect(item?.content?.encoded).not.toContain('href="/');
      expect(item?.media?.contents?.[0]).toMatchObject({
        url: `${origin}/images/${slug}.png`,
        type: 'image/png',
        medium: 'image',
        width: 640,
        height: 336,
      });
    },
  );

  test('a text with markup stays a text', () => {
    expect(escaped(`<a href="x">'&'</a>`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;');
  });
});
