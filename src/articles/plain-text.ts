import { compile } from 'html-to-text';

/** Cleaning can make a text longer. */
const LONGEST_HTML = 500_000;

const convert = compile({
  wordwrap: false,
  limits: { maxDepth: 100 },
  selectors: [
    { selector: 'img', format: 'skip' },
    { selector: 'figcaption', format: 'skip' },
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'ul', options: { itemPrefix: ' ' } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
});

/** The words of cleaned HTML on one line, blocks apart, without pictures, captions and addresses. */
export function textOf(html: string): string {
  return convert(html.slice(0, LONGEST_HTML)).replace(/\s+/g, ' ').trim();
}
