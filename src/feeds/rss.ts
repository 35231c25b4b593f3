import { parseRdfFeed, parseRssFeed, type RdfFeed, type RssFeed } from 'feedsmith';
import { attachedImages, mediaImages } from './image.ts';
import { categoriesOf, firstAddress, firstDate, firstNames, firstText, titleOf } from './item.ts';
import type { Feed, FeedItem } from './types.ts';

type Bases = readonly (string | undefined)[];
type Extensions = Pick<RssFeed.Item<string>, 'atom' | 'dc' | 'dcterms' | 'content' | 'media'>;

/** What an item says in the modules that RSS 2.0 and RSS 1.0 share. */
function shared(item: Extensions) {
  const { atom, dc, dcterms } = item;
  return {
    links: (atom?.links ?? [])
      .filter((link) => !link.rel || link.rel === 'alternate')
      .map((link) => link.href),
    published: [
      dc?.dates?.[0],
      dcterms?.issued?.[0],
      dcterms?.created?.[0],
      dcterms?.dates?.[0],
      atom?.published,
    ],
    updated: [atom?.updated, dcterms?.modified?.[0]],
    authors: [dc?.creators, dcterms?.creators, atom?.authors?.map((author) => author.name)],
    subjects: [
      ...(dc?.subjects ?? []),
      ...(atom?.categories ?? []).map((category) => category.label ?? category.term),
    ],
    html: [item.content?.encoded, atom?.content?.value],
    images: mediaImages(item.media),
  };
}

function fromRssItem(item: RssFeed.Item<string>, outer: Bases): FeedItem {
  const bases = [...outer, item.xml?.base];
  const module = shared(item);
  const { guid, itunes } = item;
  const permalink =
    guid?.isPermaLink === false || !/^https?:/i.test(guid?.value ?? '') ? undefined : guid?.value;
  const pictures = [...module.images, ...attachedImages(item.enclosures), itunes?.image];
  return {
    id: firstText(guid?.value, item.atom?.id),
    title: titleOf(item.title ?? item.dc?.titles?.[0] ?? itunes?.title ?? item.media?.title?.value, 'html'),
    link: firstAddress([item.link, ...module.links, permalink], bases),
    published: firstDate(item.pubDate, ...module.published),
    updated: firstDate(...module.updated),
    author: firstNames(...module.authors, [itunes?.author]),
    categories: categoriesOf([
      ...(item.categories ?? []).map((category) => category.name),
      ...module.subjects,
    ]),
    summary: firstText(
      item.description,
      itunes?.summary,
      item.media?.description?.value,
      item.atom?.summary?.value,
    ),
    html: firstText(...module.html),
    image: firstAddress(pictures, bases),
  };
}

function fromRdfItem(item: RdfFeed.Item<string>, outer: Bases): FeedItem {
  const bases = [...outer, item.xml?.base];
  const module = shared(item);
  return {
    id: firstText(item.rdf?.about, item.dc?.identifiers?.[0]),
    title: titleOf(item.title ?? item.dc?.titles?.[0], 'html'),
    link: firstAddress([item.link, ...module.links, item.rdf?.about], bases),
    published: firstDate(...module.published),
    updated: firstDate(...module.updated),
    author: firstNames(...module.authors),
    categories: categoriesOf(module.subjects),
    summary: firstText(item.description, item.dc?.descriptions?.[0]),
    html: firstText(...module.html),
    image: firstAddress(module.images, bases),
  };
}

/** Reads RSS 0.9x and 2.0, whose `author` elements stand as `dc:creator`. Throws feedsmith's errors when the XML cannot be read. */
export function readRss(xml: string, url: string, maxItems: number): Feed {
  const feed = parseRssFeed(xml, { maxItems });
  const bases = [url, feed.xml?.base];
  return {
    format: 'rss',
    title: titleOf(feed.title, 'html') || null,
    link: firstAddress([feed.link, feed.atom?.links?.find((link) => link.rel === 'alternate')?.href], bases),
    items: (feed.items ?? []).map((item) => fromRssItem(item, bases)),
  };
}

/** Reads RSS 0.90 and 1.0, which are RDF. Throws feedsmith's errors when the XML cannot be read. */
export function readRdf(xml: string, url: string, maxItems: number): Feed {
  const feed = parseRdfFeed(xml, { maxItems });
  const bases = [url, feed.xml?.base];
  return {
    format: 'rdf',
    title: titleOf(feed.title, 'html') || null,
    link: firstAddress([feed.link], bases),
    items: (feed.items ?? []).map((item) => fromRdfItem(item, bases)),
  };
}
