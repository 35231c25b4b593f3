import sanitizeHtml from 'sanitize-html';

const NOT_TEXT = /(?![\t\n\r])[\p{Cc}\p{Noncharacter_Code_Point}]/gu;
/** A `<` that starts no tag: `a < b`, or a tag that never ends. */
const LONE_BRACKET = /<(?![a-z/!?][^<>]*>)/gi;
const ESCAPES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** Text without characters that XML forbids and databases refuse (NUL, half surrogates). */
export function cleanText(text: string): string {
  return text.replace(NOT_TEXT, '').toWellFormed();
}

/** The words of a line of HTML: tags and scripts gone, entities decoded once, blanks joined. */
export function plainText(html: string): string {
  let text = html;
  if (/[<&]/.test(html)) {
    const escaped = sanitizeHtml(html.replace(LONE_BRACKET, '&lt;'), {
      allowedTags: [],
      allowedAttributes: {},
    });
    text = escaped.replace(/&(amp|lt|gt|quot);/g, (whole, name: string) => ESCAPES[name] ?? whole);
  }
  return oneLine(text);
}

/** Text that is no HTML, on one line. */
export function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/** Plain text as HTML: escaped, with its paragraphs and line breaks. */
export function textToHtml(text: string): string {
  const escaped = text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
  const paragraphs = escaped.trim().split(/\n\s*\n/);
  return paragraphs.map((paragraph) => `<p>${paragraph.replace(/\r?\n/g, '<br>')}</p>`).join('\n');
}
