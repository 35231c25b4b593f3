import { type AtomFeed, parseAtomFeed } from 'feedsmith';
import { attachedImages, mediaImages } from './image.ts';
import { categoriesOf, firstAddress, firstDate, firstNames, firstText, titleOf } from './item.ts';
import { textToHtml } from './text.ts';
import type { Feed, FeedItem } from './types.ts';

type Bases = readonly (string | undefined)[];
type Links = readonly AtomFeed.Link<string>[];

/** RFC 4287, section 3.1: without a type it is text. Atom 0.3 wrote media types. */
const isText = (type: string | undefined): boolean => !type || type === 'text' || type === 'text/plain';

const titleFrom = (text: AtomFeed.Text | undefined): string =>
  titleOf(text?.value, isText(text?.type) ? 'text' : 'html');

function htmlOf(content: AtomFeed.Content | undefined): string | null {
  const value = firstText(content?.value);
  // Content of another media type (an image, PDF) is base64: nothing to read in a mail.
  if (!value || (content?.type?.includes('/') && !/^(text\/|application\/xhtml)/.test(content.type)))
    return null;
  return isText(content?.type) && !/<\w/.test(value) ? textToHtml(value) : value;
}

const alternates = (links: Links | undefined): (string | undefined)[] =>
  (links ?? [])
    .filter((link) => !link.rel || link.rel === 'alternate')
    // A page first, if a translation or another format stands beside it.
    .toSorted((a, b) => Number(isPage(b)) - Number(isPage(a)))
    .map((link) => link.href);

const isPage = (link: AtomFeed.Link<string>): boolean => !link.type || link.type.includes('html');

const enclosures = (links: Links | undefined): { url?: string; type?: string }[] =>
  (links ?? [])
    .filter((link) => link.rel === 'enclosure')
    .map(({ href, type }) => ({ ...(href && { url: href }), ...(type && { type }) }));

function fromEntry(
  entry: AtomFeed.Entry<string>,
  outer: Bases,
  feedAuthors: readonly (string | undefined)[],
): FeedItem {
  const bases = [...outer, entry.xml?.base];
  const pictures = [
    ...mediaImages(entry.media),
    ...attachedImages(enclosures(entry.links)),
    entry.itunes?.image,
  ];
  const permalink = /^https?:/i.test(entry.id ?? '') ? entry.id : undefined;
  return {
    id: firstText(entry.id),
    title: titleFrom(entry.title) || titleOf(entry.media?.title?.value, 'html'),
    link: firstAddress([...alternates(entry.links), entry.content?.src, permalink], bases),
    published: firstDate(entry.published, entry.dc?.dates?.[0], entry.dcterms?.issued?.[0]),
    updated: firstDate(entry.updated, entry.dcterms?.modified?.[0]),
    author: firstNames(
      namesOf(entry.authors),
      entry.dc?.creators,
      namesOf(entry.source?.authors),
      feedAuthors,
    ),
    categories: categoriesOf([
      ...(entry.categories ?? []).map((category) => category.label ?? category.term),
      ...(entry.dc?.subjects ?? []),
    ]),
    summary: firstText(entry.summary?.value, entry.media?.description?.value, mediaDescription(entry)),
    html: htmlOf(entry.content),
    image: firstAddress(pictures, bases),
  };
}

/** Where video sites put their text. */
const mediaDescription = (entry: AtomFeed.Entry<string>): string | undefined =>
  entry.media?.groups?.find((group) => group.description)?.description?.value;

const namesOf = (people: readonly AtomFeed.Person[] | undefined): (string | undefined)[] =>
  (people ?? []).map((person) => person.name ?? person.email);

/** Reads Atom 0.3 and 1.0 (RFC 4287). Throws feedsmith's errors when the XML cannot be read. */
export function readAtom(xml: string, url: string, maxItems: number): Feed {
  const feed = parseAtomFeed(xml, { maxItems });
  const bases = [url, feed.xml?.base];
  const authors = namesOf(feed.authors);
  return {
    format: 'atom',
    title: titleFrom(feed.title) || null,
    link: firstAddress(alternates(feed.links), bases),
    items: (feed.entries ?? []).map((entry) => fromEntry(entry, bases, authors)),
  };
}
