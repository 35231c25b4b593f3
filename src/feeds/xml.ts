import { DetectError, MalformedError } from 'feedsmith';
import { Problem } from '../ground/errors.ts';
import { shownAddress } from './address.ts';
import { readAtom } from './atom.ts';
import { elementRanges, firstElement, maskHidden } from './markup.ts';
import { readRdf, readRss } from './rss.ts';
import type { Feed, FeedItem } from './types.ts';

type Reader = (xml: string, url: string, maxItems: number) => Feed;
interface Dialect {
  readonly read: Reader;
  readonly item: 'item' | 'entry';
  readonly format: Feed['format'];
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  rss: { read: readRss, item: 'item', format: 'rss' },
  feed: { read: readAtom, item: 'entry', format: 'atom' },
  rdf: { read: readRdf, item: 'item', format: 'rdf' },
};
const MOST_MARKUP = 300_000;
const ROOT = /<((?:[\w.-]+:)?(rss|feed|rdf))(?=[\s>])/i;
const NAMESPACES = /\s(?:xmlns(?::[\w.-]+)?|xml:base)\s*=\s*(?:"[^"<>]*"|'[^'<>]*')/gi;
const PERSON = /<(\/?)(?:author|managingeditor|webmaster)(?=[\s/>])/gi;

interface Document {
  readonly dialect: Dialect;
  readonly rootTag: string;
  readonly xml: string;
  readonly masked: string;
}

/** Cuts away everything before the root element (prolog, document type, PHP warnings) and a tag cut off at the end. */
function openDocument(text: string): Document | null {
  const masked = maskHidden(text);
  const root = ROOT.exec(masked);
  const dialect = DIALECTS[root?.[2]?.toLowerCase() ?? ''];
  if (!root?.[1] || !dialect || firstElement(masked) === 'html') return null;
  let xml = text.slice(root.index, Math.max(text.lastIndexOf('>') + 1, root.index));
  // Some write rss: before every name and declare it nowhere.
  if (/<rss:channel[\s>]/i.test(xml)) xml = xml.replace(/<(\/?)rss:/gi, '<$1');
  // The parser compares all brackets in a person's name with each other: 100 KB of them keep it busy for 10 s.
  // Under another name it leaves them alone, and `firstNames` reads them.
  if (dialect.format === 'rss') xml = xml.replace(PERSON, '<$1dc:creator');
  return { dialect, rootTag: root[1], xml, masked: maskHidden(xml) };
}

/** Null when the XML is broken: then its parts are tried one by one. */
function attempt(dialect: Dialect, ...given: Parameters<Reader>): Feed | null {
  try {
    return dialect.read(...given);
  } catch (error) {
    const foreign = error instanceof DetectError && dialect.format !== 'rss';
    if (error instanceof MalformedError || foreign) return null;
    return { format: dialect.format, title: null, link: null, items: [] }; // a feed that says nothing yet
  }
}

/** Parsing takes up to 20 µs for a tag or attribute: a hostile feed of 10 MB, half a minute. */
function hasTooMuchMarkup(masked: string): boolean {
  const marks = /<|=\s*["']/g;
  for (let count = 0; marks.test(masked); count += 1) if (count >= MOST_MARKUP) return true;
  return false;
}

/** Reads items in groups, halving a group that lost one, so that a broken item costs only itself. */
function readItems(items: readonly string[], read: (body: string) => Feed | null): FeedItem[] {
  if (items.length === 0) return [];
  const found = read(items.join('\n'))?.items ?? [];
  if (found.length >= items.length || items.length === 1) return [...found];
  const middle = Math.ceil(items.length / 2);
  return [...readItems(items.slice(0, middle), read), ...readItems(items.slice(middle), read)];
}

function salvage(document: Document, ranges: readonly [number, number][], url: string): Feed | null {
  const { dialect, rootTag, xml } = document;
  const head = xml.slice(0, ranges[0]?.[0]);
  const declared = [...new Set(head.match(NAMESPACES) ?? [])].slice(0, 100).join('');
  const open = `<${rootTag} version="2.0"${declared}>${dialect.format === 'rss' ? '<channel>' : ''}`;
  const about = attempt(dialect, head, url, 0);
  const parts = ranges.map(([start, end]) => closed(xml.slice(start, end)));
  const items = readItems(parts, (body) => attempt(dialect, open + body, url, ranges.length));
  if (items.length === 0) return ranges.length === 0 ? about : null;
  return { format: dialect.format, title: about?.title ?? null, link: about?.link ?? null, items };
}

function closed(item: string): string {
  const name = /^<([\w.:-]+)/.exec(item)?.[1] ?? '';
  return item.trimEnd().toLowerCase().endsWith(`</${name.toLowerCase()}>`) ? item : `${item}</${name}>`;
}

/**
 * Reads RSS, Atom or RDF from text.
 * @returns null when there is no such feed in it.
 * @throws Problem (`bad_input`) when it has more markup than can be read in reasonable time.
 */
export function readXml(text: string, url: string, maxItems: number): Feed | null {
  const document = openDocument(text);
  if (!document) return null;
  const { dialect } = document;
  const ranges = elementRanges(document.masked, dialect.item, maxItems);
  const end = ranges.length === maxItems ? ranges.at(-1)?.[1] : undefined;
  if (hasTooMuchMarkup(document.masked.slice(0, end)))
    throw new Problem(
      'bad_input',
      `${shownAddress(url)} has more markup than any feed needs, and was not read.`,
    );
  const whole = attempt(dialect, document.xml.slice(0, end), url, maxItems);
  if (whole && whole.items.length >= ranges.length) return whole;
  const parts = salvage(document, ranges, url);
  return whole && whole.items.length >= (parts?.items.length ?? 0) ? whole : parts;
}
