import { toDate } from '../../ground/clock.ts';
import { EXAMPLE_ARTICLES, type ExampleArticle, publishedAt } from './articles.ts';
import { IMAGE_HEIGHT, IMAGE_WIDTH, imageAlt } from './example-images.ts';

export const SITE_TITLE = 'Merkle Street';
export const SITE_DESCRIPTION =
  'News, long reads and opinions about blockchains. An example: everything in it is invented.';

const NAMESPACES = [
  'xmlns:atom="http://www.w3.org/2005/Atom"',
  'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
  'xmlns:dc="http://purl.org/dc/elements/1.1/"',
  'xmlns:media="http://search.yahoo.com/mrss/"',
].join(' ');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as XML or HTML writes it, in an element or in a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const cdata = (text: string) => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;

/** Where an article stands on the site. */
export function articleUrl(origin: string, article: ExampleArticle): string {
  return `${origin}/articles/${article.slug}`;
}

/** The article's picture and text, with every address in full: feeds are read far from their site. */
export function articleHtml(origin: string, article: ExampleArticle): string {
  const size = `width="${IMAGE_WIDTH}" height="${IMAGE_HEIGHT}"`;
  const picture = `<p><img src="${imageUrl(origin, article)}" alt="${escaped(imageAlt(article.image))}" ${size}></p>`;
  return `${picture}\n${article.html.replaceAll('href="/', `href="${origin}/`)}`;
}

function imageUrl(origin: string, article: ExampleArticle): string {
  return `${origin}/images/${article.slug}.png`;
}

function item(origin: string, now: Temporal.Instant, article: ExampleArticle): string {
  const url = articleUrl(origin, article);
  const categories = [article.category, ...article.tags].map(
    (name) => `<category>${escaped(name)}</category>`,
  );
  return `    <item>
      <title>${escaped(article.title)}</title>
      <link>${url}</link>
      <guid isPermaLink="true">${url}</guid>
      <pubDate>${toDate(publishedAt(article, now)).toUTCString()}</pubDate>
      <dc:creator>${escaped(article.author)}</dc:creator>
      ${categories.join('\n      ')}
      <description>${escaped(article.summary)}</description>
      <content:encoded>${cdata(articleHtml(origin, article))}</content:encoded>
      <media:content url="${imageUrl(origin, article)}" type="image/png" medium="image" width="${IMAGE_WIDTH}" height="${IMAGE_HEIGHT}">
        <media:description type="plain">${escaped(imageAlt(article.image))}</media:description>
      </media:content>
    </item>`;
}

/** When the newest article came out, which is when the feed last changed. */
export function lastChange(now: Temporal.Instant): Temporal.Instant {
  const times = EXAMPLE_ARTICLES.map((article) => publishedAt(article, now));
  return times.reduce((a, b) => (Temporal.Instant.compare(a, b) > 0 ? a : b));
}

/**
 * The example site's feed: RSS 2.0 with content, Dublin Core and Media RSS, newest article first.
 * @param options.origin where the site is served, without a slash at its end.
 * @param options.now the site's present; the articles are dated back from it.
 */
export function exampleFeed({ origin, now }: { origin: string; now: Temporal.Instant }): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" ${NAMESPACES}>
  <channel>
    <title>${escaped(SITE_TITLE)}</title>
    <link>${origin}/</link>
    <description>${escaped(SITE_DESCRIPTION)}</description>
    <language>en</language>
    <lastBuildDate>${toDate(lastChange(now)).toUTCString()}</lastBuildDate>
    <atom:link href="${origin}/feed.xml" rel="self" type="application/rss+xml"/>
${EXAMPLE_ARTICLES.map((article) => item(origin, now, article)).join('\n')}
  </channel>
</rss>
`;
}
