import sanitizeHtml from 'sanitize-html';

/** A longer text is cut before it is looked at: no article has it, and cleaning costs time. */
const LONGEST_HTML = 500_000;
/** Tags deeper than this are dropped. */
const NESTING = 60;
/** With so many tags open it is no article but an attack: the parser's work grows with the square of them. */
const MOST_OPEN = 5_000;

const TAGS = [
  ...['p', 'br', 'hr', 'div', 'section', 'article', 'header', 'footer', 'aside', 'main'],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'ul', 'ol', 'li', 'dl', 'dt', 'dd'],
  ...['figure', 'figcaption', 'img', 'table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
  ...['a', 'abbr', 'b', 'cite', 'code', 'del', 'em', 'i', 'ins', 'kbd', 'mark', 'q', 's', 'small', 'strong'],
  ...['sub', 'sup', 'time', 'u', 'var', 'samp'],
];

/** Hosts whose pictures count readers and show nothing. */
const COUNTERS = [
  'pixel.wp.com',
  'stats.wordpress.com',
  'feeds.feedburner.com',
  'feeds.wordpress.com',
  'ad.doubleclick.net',
  'www.google-analytics.com',
  'b.scorecardresearch.com',
  'pixel.quantserve.com',
  'sb.scorecardresearch.com',
  'rss-tracking.adbutler.com',
];

/** Smaller than this, in pixels of the page, is no picture of the story: an icon, a face, a button. */
const SMALL = 100;

export interface CleanHtml {
  readonly html: string;
  /** Addresses of its pictures, in order, that could stand for the story. */
  readonly images: readonly string[];
}

type Attributes = Readonly<Record<string, string>>;

function resolved(address: string | undefined, base: string | null, protocols: readonly string[]) {
  const text = address?.replace(/[\t\n\r]/g, '').trim();
  if (!text || !URL.canParse(text, base ?? undefined)) return null;
  const url = new URL(text, base ?? undefined);
  return protocols.includes(url.protocol) ? url.href : null;
}

/** A size in pixels from the attribute or the style, or null when neither tells. */
function pixels(attributes: Attributes, side: 'width' | 'height'): number | null {
  const inStyle = new RegExp(`(?:^|[;\\s])${side}\\s*:\\s*([\\d.]+)px`, 'i').exec(attributes.style ?? '');
  const number = Number.parseFloat(inStyle?.[1] ?? attributes[side] ?? '');
  return Number.isFinite(number) && !/%/.test(attributes[side] ?? '') ? number : null;
}

function isCounter(attributes: Attributes, address: string): boolean {
  const sizes = [pixels(attributes, 'width'), pixels(attributes, 'height')];
  const hidden = /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attributes.style ?? '');
  return (
    hidden || sizes.some((size) => size !== null && size < 4) || COUNTERS.includes(new URL(address).host)
  );
}

/** Lazy loading keeps the true address in another attribute. */
function pictureAddress(attributes: Attributes, base: string | null): string | null {
  const candidates = [attributes['data-src'], attributes['data-lazy-src'], attributes.src];
  return (
    candidates.map((src) => resolved(src, base, ['http:', 'https:'])).find((found) => found !== null) ?? null
  );
}

function cleanImage(attributes: Attributes, base: string | null, images: string[]): Record<string, string> {
  const src = pictureAddress(attributes, base);
  if (src === null || isCounter(attributes, src)) return {};
  const sizes = [pixels(attributes, 'width'), pixels(attributes, 'height')];
  if (!sizes.some((size) => size !== null && size < SMALL)) images.push(src);
  const { alt, width, height } = attributes;
  return {
    src,
    alt: alt ?? '',
    ...(width && /^\d{1,4}$/.test(width) ? { width } : {}),
    ...(height && /^\d{1,4}$/.test(height) ? { height } : {}),
  };
}

function cleanLink(attributes: Attributes, base: string | null): Record<string, string> {
  const href = resolved(attributes.href, base, ['http:', 'https:', 'mailto:']);
  return href === null ? {} : { href, rel: 'noopener noreferrer nofollow' };
}

/** Cuts a text without halving a character. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}

/** Hooks for the parser that give up when too much is open. */
function depthGuard() {
  let open = 0;
  return {
    onOpenTag() {
      open += 1;
      if (open > MOST_OPEN) throw new RangeError(`more than ${MOST_OPEN} tags are open at once`);
    },
    onCloseTag() {
      open -= 1;
    },
  };
}

/**
 * An article's HTML as it may be stored and shown: tags of text, tables, links and pictures from a list; no script, style,
 * handler, frame, form, `javascript:` or `data:` address, nor picture that only counts its readers.
 * @param base what relative addresses are relative to, or null: then they go
 * @throws RangeError when thousands of tags are left open
 */
export function cleanHtml(html: string, base: string | null): CleanHtml {
  const images: string[] = [];
  const clean = sanitizeHtml(cut(html, LONGEST_HTML), {
    ...depthGuard(),
    allowedTags: TAGS,
    allowedAttributes: {
      a: ['href', 'rel'],
      img: ['src', 'alt', 'width', 'height'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan'],
      time: ['datetime'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    nestingLimit: NESTING,
    nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'title', 'svg', 'math', 'template'],
    transformTags: {
      a: (tagName, attribs) => ({ tagName, attribs: cleanLink(attribs, base) }),
      img: (tagName, attribs) => ({ tagName, attribs: cleanImage(attribs, base, images) }),
    },
    exclusiveFilter: (frame) => frame.tag === 'img' && !frame.attribs.src,
  });
  return { html: clean.trim(), images };
}
