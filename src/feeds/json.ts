import { type JsonFeed, parseJsonFeed } from 'feedsmith';
import { attachedImages } from './image.ts';
import { categoriesOf, firstAddress, firstDate, firstNames, firstText, titleOf } from './item.ts';
import { textToHtml } from './text.ts';
import type { Feed, FeedItem } from './types.ts';

const namesOf = (authors: readonly JsonFeed.Author[] | undefined) =>
  (authors ?? []).map((author) => author.name);

function fromItem(
  item: JsonFeed.Item<string>,
  url: string,
  feedAuthors: readonly JsonFeed.Author[] | undefined,
): FeedItem {
  const files = (item.attachments ?? []).map(({ url, mime_type }) => ({
    ...(url && { url }),
    ...(mime_type && { type: mime_type }),
  }));
  const text = firstText(item.content_text);
  const permalink = /^https?:/i.test(item.id ?? '') ? item.id : undefined;
  return {
    id: firstText(item.id),
    title: titleOf(item.title, 'text'),
    link: firstAddress([item.url, item.external_url, permalink], [url]),
    published: firstDate(item.date_published),
    updated: firstDate(item.date_modified),
    author: firstNames(namesOf(item.authors), namesOf(feedAuthors)),
    categories: categoriesOf(item.tags ?? []),
    summary: firstText(item.summary),
    html: firstText(item.content_html) ?? (text === null ? null : textToHtml(text)),
    image: firstAddress([item.image, item.banner_image, ...attachedImages(files)], [url]),
  };
}

/** An object that means to be a feed. Some name the version as a bare `1.1`, which the parser would refuse. */
function asFeed(text: string): object | null {
  const json: unknown = JSON.parse(text);
  if (typeof json !== 'object' || json === null || !('items' in json) || !Array.isArray(json.items))
    return null;
  if (!['version', 'title', 'home_page_url', 'feed_url'].some((key) => key in json)) return null;
  return { ...json, version: 'https://jsonfeed.org/version/1.1' };
}

/**
 * Reads JSON Feed 1.0 and 1.1.
 * @returns null when the text is JSON, but no feed.
 * @throws SyntaxError when it is not JSON.
 */
export function readJson(text: string, url: string, maxItems: number): Feed | null {
  const json = asFeed(text);
  if (json === null) return null;
  const feed = parseJsonFeed(json, { maxItems });
  return {
    format: 'json',
    title: titleOf(feed.title, 'text') || null,
    link: firstAddress([feed.home_page_url], [url]),
    items: (feed.items ?? []).map((item) => fromItem(item, url, feed.authors)),
  };
}
