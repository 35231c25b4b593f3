import { Problem } from '../ground/errors.ts';
import { shownAddress } from './address.ts';
import { decodeFeed } from './decode.ts';
import { readJson } from './json.ts';
import { firstElement, maskHidden } from './markup.ts';
import type { Feed } from './types.ts';
import { readXml } from './xml.ts';

/** The rest of a longer feed is not read: an edition holds dozens, and a first collection keeps what is newest. */
const MAX_ITEMS = 2_000;

function readJsonOrNull(text: string, url: string): Feed | null {
  try {
    return readJson(text, url, MAX_ITEMS);
  } catch {
    return null;
  }
}

/** What the text is instead of a feed, and what the person can do about it. */
function whatItIs(text: string): string {
  if (text.trim() === '') return 'it is empty. Nothing was stored; try again later, or check the address.';
  const first = firstElement(maskHidden(text));
  if (first === 'html' || /^<!doctype html/i.test(text))
    return 'it is an HTML page. Give the address of the feed itself, which a site often links as “RSS”.';
  if (/^[{[]/.test(text)) return 'it is JSON, but not a JSON Feed. Check the address.';
  if (first === 'opml') return 'it is a list of feeds (OPML). Import it as a list, or add one of its feeds.';
  if (first === 'rss' || first === 'feed' || first === 'rdf')
    return 'its XML is broken, and no item could be read. Tell the site’s owner.';
  if (/^<\?xml|^<\w/.test(text))
    return `it is XML that no feed reader understands${first ? ` (its first element is <${first.slice(0, 40)}>)` : ''}. Check the address.`;
  return 'it is neither XML nor JSON. Check the address.';
}

/**
 * Reads a feed of any common format (RSS, Atom, RDF, JSON Feed), whatever its encoding. A broken item costs only itself;
 * at most 2,000 items are read.
 * @param bytes the feed as it was sent
 * @param options `url`: where it came from, the base of its links; `contentType`: the header that came with it
 * @returns the feed; each `summary` is as the feed had it: text or HTML
 * @throws Problem (`bad_input`) when it is not a feed
 */
export function parseFeed(bytes: Uint8Array, options: { url: string; contentType?: string | null }): Feed {
  const text = decodeFeed(bytes, options.contentType);
  const feed = text.startsWith('{')
    ? readJsonOrNull(text, options.url)
    : readXml(text, options.url, MAX_ITEMS);
  if (!feed) throw new Problem('bad_input', `${shownAddress(options.url)} is not a feed: ${whatItIs(text)}`);
  return feed;
}
