import { absoluteAddress } from './address.ts';
import { readDate } from './dates.ts';
import { cleanText, oneLine, plainText } from './text.ts';

type Maybe = string | null | undefined;

/** The first text that says something, without forbidden characters, or null. */
export function firstText(...candidates: readonly Maybe[]): string | null {
  for (const candidate of candidates) {
    const text = candidate ? cleanText(candidate).trim() : '';
    if (text !== '') return text;
  }
  return null;
}

/** The first date that can be read, as an ISO instant, or null. */
export function firstDate(...candidates: readonly Maybe[]): string | null {
  for (const candidate of candidates) {
    const instant = candidate ? readDate(candidate) : null;
    if (instant !== null) return instant;
  }
  return null;
}

/** People in one line, or null. The first list that names anybody counts, and in it names before bare mail addresses. */
export function firstNames(...lists: readonly (readonly Maybe[] | undefined)[]): string | null {
  for (const list of lists) {
    const names = distinct((list ?? []).slice(0, 20).map((name) => personName(name ?? '')));
    const real = names.filter((name) => !ADDRESS.test(name));
    if (names.length > 0) return (real.length > 0 ? real : names).slice(0, 10).join(', ');
  }
  return null;
}

const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/** `Jane`, from `Jane`, `Jane <jane@example.com>` or, as RSS wants it, `jane@example.com (Jane)`. */
function personName(raw: string): string {
  const text = plainText(raw.slice(0, 500)).replace(/^mailto:/i, '');
  return /^[^\s@()]+@[^\s@()]+ ?\((.+)\)$/.exec(text)?.[1]?.trim() ?? text;
}

/** Categories as words, each once however it is written in capitals, at most fifty. */
export function categoriesOf(raw: readonly Maybe[]): string[] {
  return distinct(raw.slice(0, 100).map((name) => plainText((name ?? '').slice(0, 200)))).slice(0, 50);
}

function distinct(words: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const word of words)
    if (word !== '' && !seen.has(word.toLowerCase())) seen.set(word.toLowerCase(), word);
  return [...seen.values()];
}

/** A title that is HTML, as RSS has it, or plain text, as Atom's `type="text"` and JSON Feed have it. */
export function titleOf(raw: Maybe, kind: 'html' | 'text'): string {
  const some = (raw ?? '').slice(0, 5_000);
  return kind === 'html' ? plainText(some) : oneLine(some);
}

/** The first of several links that leads to an http(s) address. */
export function firstAddress(links: readonly Maybe[], bases: readonly (string | undefined)[]): string | null {
  for (const link of links) {
    const address = absoluteAddress(link ?? undefined, ...bases);
    if (address !== null) return address;
  }
  return null;
}
