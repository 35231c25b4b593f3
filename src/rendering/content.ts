import { cleanText } from './clean-text.ts';
import type { EditionContent } from './types.ts';

/** Links from feeds go into `href` and `src`: anything but the web (`javascript:`, `data:` …) leads nowhere instead. */
function webAddress(value: string): string {
  const url = URL.parse(value.trim());
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : '#';
}

function clean(value: unknown, key: string): unknown {
  if (typeof value === 'string') return /url$/i.test(key) ? webAddress(value) : cleanText(value);
  if (Array.isArray(value)) return value.map((item) => clean(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner, name)]));
}

/**
 * A copy of an edition's content that a template may print: text without control characters, and in every field
 * whose name ends in `url` only addresses of http and https (`#` in place of any other).
 */
export function cleanContent(content: EditionContent): unknown {
  return clean(content, '');
}
