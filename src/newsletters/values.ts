import { type Section, sectionsSchema } from '../articles/section.ts';
import { Problem } from '../ground/errors.ts';

/** Characters that end a line, hide, or turn the direction of what follows: none of them belongs in a name. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const UNSEEN_IN_TEXT = /[^\P{Cc}\t\n]|[\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

function refuse(sentence: string): never {
  throw new Problem('bad_input', sentence);
}

/** What a person typed, safe to be said back on a terminal. */
export function quoted(text: string): string {
  const printable = text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '?');
  return `"${printable.length > 60 ? `${printable.slice(0, 60)}…` : printable}"`;
}

/** One visible line of 1 to `most` characters. `what` begins the sentence of refusal: `The name`. */
export function readLine(what: string, text: string, most: number): string {
  const line = text.trim();
  if (line === '') refuse(`${what} is empty: give it at least one character.`);
  if (line.length > most) refuse(`${what} is longer than ${most} characters: shorten it.`);
  if (UNSEEN.test(line)) refuse(`${what} holds a line break or a control character: take it out.`);
  return line;
}

/** Text of several lines, possibly empty. */
export function readText(what: string, text: string, most: number): string {
  const lines = text.replace(/\r\n?/g, '\n').trim();
  if (lines.length > most) refuse(`${what} is longer than ${most} characters: shorten it.`);
  if (UNSEEN_IN_TEXT.test(lines)) refuse(`${what} holds a control character: take it out.`);
  return lines;
}

/** True for what may stand as a newsletter's name in addresses. */
export function isSlug(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(text);
}

export function readWholeNumber(what: string, value: number | string, least: number, most: number): number {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most)
    return number;
  return refuse(`${what} must be a whole number from ${least} to ${most}, not ${quoted(String(value))}.`);
}

/** One of a few words. */
export function readWord<W extends string>(what: string, text: string, words: readonly W[]): W {
  const word = words.find((one) => one === text);
  return word ?? refuse(`${what} must be ${words.join(' or ')}, not ${quoted(text)}.`);
}

/** A language tag in its canonical spelling (BCP 47). */
export function readLanguage(text: string): string {
  try {
    const [tag] = Intl.getCanonicalLocales(text);
    if (tag !== undefined) return tag;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return refuse(`The language ${quoted(text)} is not a language tag: write for example en, es or pt-BR.`);
}

/** A web address that may stand in a mail. */
export function readSite(text: string): string {
  const url = text.length <= 2000 ? URL.parse(text) : null;
  const web = url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
  if (url !== null && web && url.username === '' && url.password === '') return url.href;
  return refuse(
    `The site ${quoted(text)} is not a web address: it must start with https:// or http:// and carry no password.`,
  );
}

export function readSections(value: unknown): Section[] {
  const read = sectionsSchema.safeParse(value);
  if (read.success) return read.data;
  const issues = read.error.issues.slice(0, 5).map((issue) => {
    const [index, ...rest] = issue.path;
    const where =
      index === undefined ? '' : `entry ${Number(index) + 1}${rest.map((p) => `, ${String(p)}`).join('')}: `;
    return `${where}${issue.message}`;
  });
  return refuse(`The sections do not fit: ${issues.join('; ')}.`);
}

/** Minutes to wait before each further try of a mail that was put off. */
export function readRetryMinutes(values: readonly number[]): number[] {
  const fine = values.every(
    (value, i) => Number.isInteger(value) && value >= 1 && value <= 10_080 && value >= (values[i - 1] ?? 0),
  );
  if (values.length >= 1 && values.length <= 20 && fine) return [...values];
  return refuse(
    'The retry minutes must be 1 to 20 whole numbers from 1 to 10080 that never go down, such as 1,5,15,60.',
  );
}
