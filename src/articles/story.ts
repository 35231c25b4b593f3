import { createHash } from 'node:crypto';
import { cleanText, oneLine } from '../feeds/text.ts';
import type { Feed, FeedItem } from '../feeds/types.ts';
import type { SourceId } from '../ground/ids.ts';
import { withoutTracking } from './canonical-url.ts';
import { cleanHtml } from './clean-html.ts';
import { cutAtWord, excerptOf } from './excerpt.ts';
import { type Identifying, identifying, identityOf, sightingIdOf } from './identity.ts';
import { imageOf } from './image.ts';
import { textOf } from './plain-text.ts';
import { countWords } from './words.ts';

/** What an article shows, made from an item when it is needed: cleaning costs time. */
export interface StoryBody {
  readonly title: string;
  readonly excerpt: string;
  readonly html: string;
  readonly words: number;
  readonly imageUrl: string | null;
}

/** An item of a feed on its way to becoming an article. */
export interface Story {
  /** The key of the story, whichever feed tells it. */
  readonly key: Buffer;
  /** The id that this source's sightings know it by. */
  readonly guid: string;
  readonly url: string;
  readonly author: string | null;
  readonly categories: readonly string[];
  /** ISO, or null when the feed tells none that can be true. */
  readonly published: string | null;
  /** Changes when the feed changes what it says. */
  readonly hash: Buffer;
  body(): StoryBody;
}

/** Part of each hash: raise it when the same item should give another body, and every article is made anew. */
const BODY_VERSION = 1;
const LONGEST = { title: 300, author: 200, category: 100, url: 2_000 } as const;
const MOST_CATEGORIES = 20;
/** Systems that know no date write the zero of their clock. */
const EARLIEST = Temporal.Instant.from('1971-01-01T00:00:00Z');

const line = (text: string, most: number): string => cutAtWord(oneLine(text), most);

function publishedOf(item: FeedItem): string | null {
  const iso = item.published ?? item.updated;
  if (iso === null) return null;
  try {
    return Temporal.Instant.compare(iso, EARLIEST) < 0 ? null : iso;
  } catch {
    return null;
  }
}

function categoriesOf(item: FeedItem): string[] {
  const words = item.categories.map((word) => line(word, LONGEST.category)).filter((word) => word !== '');
  return [...new Set(words)].slice(0, MOST_CATEGORIES);
}

function makeBody(item: FeedItem, url: string): StoryBody {
  const html = item.html === null ? null : cleanHtml(item.html, url);
  const summary = item.summary === null ? null : cleanHtml(item.summary, url);
  const text = html ?? summary ?? { html: '', images: [] };
  const pictures = { html: text.html, images: [...text.images, ...(summary?.images ?? [])] };
  const given = line(item.title, LONGEST.title);
  const plain = textOf(text.html);
  const title = given || cutAtWord(plain, 80) || new URL(url).host;
  return {
    title,
    excerpt: excerptOf({ title, summary: html && summary ? textOf(summary.html) : plain, text: plain }),
    html: cleanText(text.html),
    words: countWords(plain),
    imageUrl: imageOf(item.image, pictures),
  };
}

function hashOf(item: FeedItem, url: string): Buffer {
  const { title, author, categories, summary, html, image } = item;
  const said = [BODY_VERSION, url, title, author, categories, publishedOf(item), summary, html, image];
  return createHash('sha256').update(JSON.stringify(said)).digest();
}

/** One item as a story. Throws when it cannot be one: neither link, title nor text. */
function storyOf(item: FeedItem, identity: Identifying, place: { sourceId: SourceId; home: string }): Story {
  if (item.link === null && item.title === '' && !item.html && !item.summary)
    throw new TypeError('an item without link, title and text');
  const url = withoutTracking(item.link ?? place.home);
  if (url.length > LONGEST.url) throw new TypeError('an address without end');
  let made: StoryBody | undefined;
  return {
    key: identityOf(identity, place.sourceId),
    guid: sightingIdOf(identity),
    url,
    author: item.author === null ? null : line(item.author, LONGEST.author) || null,
    categories: categoriesOf(item),
    published: publishedOf(item),
    hash: hashOf(item, url),
    body() {
      made ??= makeBody(item, url);
      return made;
    },
  };
}

/** The same without what has gone wrong: one bad item never costs the others. */
function storyOrNull(...given: Parameters<typeof storyOf>): Story | null {
  try {
    return storyOf(...given);
  } catch {
    return null;
  }
}

/** Links that can be read in mails; others count as none. */
function webLink(link: string | null): string | null {
  return link !== null && /^https?:/i.test(link) && URL.canParse(link) ? link : null;
}

/**
 * The stories of a feed, each once, in the feed's order. An item that cannot be one is left out.
 * @param place `sourceId`: where ids without link count; `url`: the feed's address, where readers are sent when nothing else is known
 */
export function storiesOf(feed: Feed, place: { sourceId: SourceId; url: string }): Story[] {
  const items = feed.items.map((item) => ({
    ...item,
    link: webLink(item.link),
    id: cleanText(item.id ?? '') || null,
  }));
  const home = webLink(feed.link) ?? place.url;
  const identities = identifying(items);
  const seen = { keys: new Set<string>(), guids: new Set<string>() };
  return items.flatMap((item, i) => {
    const story = storyOrNull(item, identities[i] ?? item, { sourceId: place.sourceId, home });
    const key = story?.key.toString('hex') ?? '';
    if (story === null || seen.keys.has(key) || seen.guids.has(story.guid)) return [];
    seen.keys.add(key);
    seen.guids.add(story.guid);
    return [story];
  });
}
