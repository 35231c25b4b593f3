import { compile, type FormatCallback } from 'html-to-text';

type Element = Parameters<FormatCallback>[0];

function hasText(nodes: readonly Element[]): boolean {
  return nodes.some((node) =>
    node.type === 'text' ? Boolean(node.data?.trim()) : hasText(node.children ?? []),
  );
}

/** A headline's address stands on a line of its own, where it is easy to read and to click; others follow in `<…>`. */
const link: FormatCallback = (element, walk, builder) => {
  // A picture that links where the headline beside it does has nothing to add.
  if (!hasText(element.children)) return;
  walk(element.children, builder);
  const address: string = element.attribs?.href ?? '';
  if (address === '' || address.startsWith('#')) return;
  const underHeading = /^h[2-6]$/.test(element.parent?.name ?? '');
  if (underHeading) builder.addLineBreak();
  builder.addInline(underHeading ? address : ` <${address}>`, { noWordTransform: true });
};

/** `Title` over a line of dashes. */
function underlined(dash: string): FormatCallback {
  return (element, walk, builder) => {
    builder.openBlock({ leadingLineBreaks: 3 });
    walk(element.children, builder);
    builder.addLineBreak();
    builder.addInline(dash.repeat(30));
    builder.closeBlock({ trailingLineBreaks: 2 });
  };
}

const headline = { leadingLineBreaks: 2, trailingLineBreaks: 1 };

const convert = compile({
  // Mail programs wrap to the width of the screen; lines broken here would be broken twice on a telephone.
  wordwrap: false,
  formatters: { link, title: underlined('='), section: underlined('-') },
  selectors: [
    { selector: 'a', format: 'link' },
    { selector: 'img', format: 'skip' },
    { selector: 'div[style*="display:none"]', format: 'skip' },
    { selector: 'h1', format: 'title' },
    { selector: 'h2', format: 'section' },
    { selector: 'h3', format: 'block', options: headline },
    { selector: 'h4', format: 'block', options: headline },
    { selector: 'h1 > a', format: 'inline' },
    { selector: 'p.meta', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 2 } },
    { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
  ],
});

/** At most one empty line in a row, none at the ends: what a condition left out leaves gaps. */
export function closeGaps(text: string): string {
  return `${text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

/** The plain-text part that says the same as an HTML mail: no pictures, no preheader, links spelled out. */
export function plainText(html: string): string {
  return closeGaps(convert(html).replaceAll('\u00a0', ' '));
}
