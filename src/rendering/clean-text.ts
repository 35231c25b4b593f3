/** Longer subjects are cut (characters): no client shows them, and a header line has its limit. */
export const SUBJECT_LENGTH = 200;
/** The same for names of people and newsletters in headers and greetings. */
export const NAME_LENGTH = 120;

/**
 * Text that a mail may carry: well-formed Unicode, line feeds for line ends, no other control characters but tab.
 * What is taken out becomes a space, so that words do not run together.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[^\P{Cc}\t\n]/gu, ' ');
}

/** The same as one line of at most `most` characters (code points), for subjects and names. */
export function oneLine(text: string, most: number): string {
  const line = cleanText(text).replace(/\s+/g, ' ').trim();
  if (line.length <= most) return line;
  const characters = [...line];
  return characters.length <= most
    ? line
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}

/** A text cut at a word's end to at most `most` characters, with an ellipsis when something was cut off. */
export function truncate(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = [...line];
  if (characters.length <= most) return line;
  const cut = characters.slice(0, most - 1).join('');
  const words = cut.replace(/\s+\S*$/, '');
  // A language without spaces, or one endless word, is cut where it stands.
  return `${(words.length > cut.length / 2 ? words : cut).replace(/[\s,;:.–—-]+$/, '')}…`;
}
