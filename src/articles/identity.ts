import { createHash } from 'node:crypto';
import type { FeedItem } from '../feeds/types.ts';
import type { SourceId } from '../ground/ids.ts';
import { canonicalUrl } from './canonical-url.ts';

/** What of an item tells which story it is. */
export type Identifying = Pick<FeedItem, 'id' | 'link' | 'title' | 'published'>;

/** An index entry holds no more than 2.7 kB; longer ids are known by their hash. */
const LONGEST_GUID = 500;

const sha256 = (...parts: readonly string[]): Buffer =>
  createHash('sha256').update(parts.join('\n')).digest();

/** The title as it is compared: whatever its case and blanks. */
export const titleKey = (title: string): string =>
  title.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

/** Where title and date are all there is, as in logs of one thing's changes, they tell one entry from the next. */
const entryOf = (item: Identifying): string[] => [titleKey(item.title), item.published ?? ''];

/**
 * The key of a story, whichever feed tells it: SHA-256 of its canonical address; where it has none, of source and the
 * feed's id; where it has neither, of source, title and date.
 */
export function identityOf(item: Identifying, sourceId: SourceId): Buffer {
  if (item.link !== null) return sha256(canonicalUrl(item.link));
  if (item.id !== null) return sha256('guid', sourceId, item.id);
  return sha256('title', sourceId, ...entryOf(item));
}

/** Under which id a source's sightings remember an item: its own, else its address, else title and date. */
export function sightingIdOf(item: Identifying): string {
  const id = item.id ?? (item.link === null ? `title:${entryOf(item).join(' ')}` : canonicalUrl(item.link));
  return id.length <= LONGEST_GUID ? id : `sha256:${sha256(id).toString('hex')}`;
}

/** Values under which items stand that have different titles, and different `other` values too: they name no story. */
function ambiguous(
  items: readonly Identifying[],
  by: (item: Identifying) => string | null,
  other: (item: Identifying) => string,
): Set<string> {
  const groups = Map.groupBy(items, by);
  const names = new Set<string>();
  for (const [value, group] of groups) {
    const differ = (what: (item: Identifying) => string) => new Set(group.map(what)).size > 1;
    if (value !== null && differ(other) && differ((item) => titleKey(item.title))) names.add(value);
  }
  return names;
}

/**
 * Takes from a feed's items what does not identify them, so that bad feeds do not melt into one story: a link that several
 * different items share (all leading to the home page, or to places on one page), and an id that they share (`0`, the site).
 * @returns what identifies each item, in the same order
 */
export function identifying(items: readonly Identifying[]): Identifying[] {
  const linkOf = ({ link }: Identifying) => (link === null ? null : canonicalUrl(link));
  const idOf = ({ id }: Identifying) => id;
  const links = ambiguous(items, linkOf, (item) => item.id ?? titleKey(item.title));
  const ids = ambiguous(items, idOf, (item) => linkOf(item) ?? titleKey(item.title));
  return items.map((item) => ({
    title: item.title,
    published: item.published,
    link: links.has(linkOf(item) ?? '') ? null : item.link,
    id: ids.has(item.id ?? '') ? null : item.id,
  }));
}
