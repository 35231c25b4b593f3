const LONGEST = 220;
/** A whole sentence is better than more words, unless it leaves most of the room empty. */
const SHORTEST = 90;

/** What publishing systems put after an excerpt that is no part of it. */
const TAILS = [
  /\s*The post\b.{1,300}\b(?:first )?appeared (?:first )?on\b.{1,200}$/,
  /(?<=^|[.!?…\]”"])\s*(?:Continue reading|Read (?:more|on|the full (?:story|article))|Weiterlesen|Leer más|Lire la suite)\b.{0,120}$/,
  /\s*\[?(?:…|\.{3})\]?\s*$/,
];
/** A longer text is cut before its tail comes into sight. */
const LONGEST_WITH_TAIL = 1_000;

function withoutTail(text: string): string {
  if (text.length > LONGEST_WITH_TAIL) return text;
  return TAILS.reduce((rest, tail) => rest.replace(tail, ''), text);
}

/** The end of the last sentence within the text, or -1. */
function lastSentenceEnd(text: string): number {
  const ends = [...text.matchAll(/[.!?…]["'”’)\]]*(?=\s)|[。！？]/g)];
  const last = ends.at(-1);
  return last === undefined ? -1 : last.index + last[0].length;
}

/** Cuts a line at the end of a sentence, or else of a word, to at most `most` characters with its ellipsis. */
export function cutAtWord(line: string, most = LONGEST): string {
  if (line.length <= most) return line;
  const room = line.slice(0, most);
  const sentence = lastSentenceEnd(`${room}${line.slice(most, most + 1)}`);
  if (sentence >= SHORTEST && sentence <= most) return line.slice(0, sentence);
  const words = line.slice(0, most - 1).replace(/\s+\S*$/, '');
  const kept = words.length > most / 2 && words.length < most - 1 ? words : line.slice(0, most - 1);
  return `${kept.replace(/[\s,;:–—-]+$/, '').replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * What a digest shows under a title: at most 220 characters of the summary, or else of the text.
 * @param parts each on one line, without markup
 */
export function excerptOf(parts: { title: string; summary: string; text: string }): string {
  for (const part of [parts.summary, parts.text]) {
    const text = withoutTail(part);
    if (text !== '' && text !== parts.title) return cutAtWord(text);
  }
  return '';
}
