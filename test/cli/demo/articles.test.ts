import { describe, expect, test } from 'vitest';
import { EXAMPLE_ARTICLES, publishedAt } from '../../../src/cli/demo/articles.ts';

const words = (html: string) =>
  html
    .replace(/<[^>]+>/g, ' ')
    .split(/\s+/)
    .filter(Boolean).length;

const LENGTHS = { news: [60, 150], 'in-depth': [300, 600], opinion: [150, 400] } as const;
const WEEK = 7 * 24;

describe("the example site's articles", () => {
  test('fill every section this week and leave older ones of each kind', () => {
    expect(EXAMPLE_ARTICLES.length).toBe(32);
    for (const category of ['news', 'in-depth', 'opinion']) {
      const ofCategory = EXAMPLE_ARTICLES.filter((article) => article.category === category);
      const recent = ofCategory.filter((article) => article.hoursAgo < WEEK - 6);
      expect(recent.length, category).toBeGreaterThanOrEqual(4);
      const older = ofCategory.filter((article) => article.hoursAgo > WEEK + 6);
      expect(older.length, category).toBeGreaterThanOrEqual(4);
      expect(recent.length + older.length).toBe(ofCategory.length);
    }
    expect(EXAMPLE_ARTICLES.filter((article) => article.hoursAgo < WEEK).length).toBe(14);
  });

  test('nearly every article of this week shares a topic with an older one', () => {
    const older = new Set(
      EXAMPLE_ARTICLES.filter((article) => article.hoursAgo > WEEK).flatMap((article) => article.tags),
    );
    for (const article of EXAMPLE_ARTICLES.filter((recent) => recent.hoursAgo < WEEK))
      expect(
        article.tags.some((tag) => older.has(tag)),
        article.slug,
      ).toBe(true);
  });

  test.each(EXAMPLE_ARTICLES.map((article) => [article.slug, article] as const))(
    '%s is whole',
    (slug, article) => {
      expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      const [least, most] = LENGTHS[article.category];
      expect(words(article.html)).toBeGreaterThanOrEqual(least);
      expect(words(article.html)).toBeLessThanOrEqual(most);
      expect(article.summary.length).toBeGreaterThan(60);
      expect(article.summary.length).toBeLessThan(220);
      expect(article.tags.length).toBeGreaterThan(0);

      const open: string[] = [];
      for (const [, slash, name = ''] of article.html.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
        expect(['p', 'h2', 'ul', 'li', 'blockquote', 'a', 'strong']).toContain(name);
        if (slash === '') open.push(name);
        else expect(open.pop()).toBe(name);
      }
      expect(open).toEqual([]);

      for (const [, path = ''] of article.html.matchAll(/href="([^"]+)"/g))
        expect(
          EXAMPLE_ARTICLES.some((other) => `/articles/${other.slug}` === path && other !== article),
          path,
        ).toBe(true);
    },
  );

  test('have slugs, titles and pictures of their own', () => {
    for (const own of [
      EXAMPLE_ARTICLES.map((article) => article.slug),
      EXAMPLE_ARTICLES.map((article) => article.title),
      EXAMPLE_ARTICLES.map((article) => `${article.image.motif} ${article.image.palette}`),
    ])
      expect(new Set(own).size).toBe(own.length);
  });

  test('stand newest first, dated back from a given present', () => {
    const now = Temporal.Instant.from('2026-03-30T10:00:40Z');
    const times = EXAMPLE_ARTICLES.map((article) => publishedAt(article, now).epochMilliseconds);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(times[0]).toBe(Date.parse('2026-03-30T07:42:00Z'));
  });
});
