import Handlebars from 'handlebars';
import { Problem } from '../ground/errors.ts';
import { truncate } from './clean-text.ts';

type Helpers = Record<string, Handlebars.HelperDelegate>;

/** As `{{#if}}` sees it: an empty list counts as nothing. */
function truthy(value: unknown): boolean {
  return Boolean(value) && !Handlebars.Utils.isEmpty(value);
}

/** Handlebars gives every helper its options after the template's arguments. */
function withoutOptions(values: unknown[]): unknown[] {
  return values.slice(0, -1);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value);
}

/**
 * Helpers that work in both passes, so also in expressions about the subscriber:
 *
 * - `(eq a b)` · `(not a)` · `(and a b …)` · `(or a b …)` for conditions
 * - `(includes list value)` true when the list holds the value
 * - `{{char 123}}` and `(decode "…")` are written by the edition pass itself
 */
export const conditionHelpers: Helpers = {
  eq: (left: unknown, right: unknown) => left === right,
  not: (value: unknown) => !truthy(value),
  and: (...values: unknown[]) => withoutOptions(values).every(truthy),
  or: (...values: unknown[]) => withoutOptions(values).some(truthy),
  includes: (list: unknown, value: unknown) => Array.isArray(list) && list.includes(value),
  char: (code: unknown) => String.fromCharCode(Number(code)),
  decode: (encoded: unknown) => Buffer.from(text(encoded), 'base64url').toString('utf8'),
};

function dateHelper(language: string, timeZone: string) {
  return (instant: unknown, style: unknown): string => {
    const dateStyle =
      style === 'full' || style === 'medium' || style === 'short' || style === 'long' ? style : 'long';
    const date = new Date(text(instant));
    if (Number.isNaN(date.getTime())) throw new Problem('bad_input', `"${text(instant)}" is not a date.`);
    return new Intl.DateTimeFormat(language, { dateStyle, timeZone }).format(date);
  };
}

function splitTrimmed(value: unknown, separator: RegExp): string[] {
  return text(value)
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/**
 * Helpers of the edition pass, in the newsletter's language and time zone; besides those of both passes:
 *
 * - `{{date instant "full"}}` a day: `full`, `long` (when left out), `medium`, `short`
 * - `{{number n}}` with the language's separators
 * - `{{plural n "minute" "minutes"}}` the form for one or for any other number
 * - `{{truncate text 140}}` at most so many characters, cut at a word's end
 * - `(paragraphs text)` and `(lines text)` lists for `{{#each}}`, split at blank lines or at each line's end
 * - `{{direction language}}` `ltr` or `rtl`
 */
export function editionHelpers(language: string, timeZone: string): Helpers {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return {
    ...conditionHelpers,
    date: dateHelper(language, timeZone),
    number: (value: unknown) => numbers.format(Number(value)),
    plural: (value: unknown, one: unknown, other: unknown) =>
      rules.select(Number(value)) === 'one' ? one : other,
    truncate: (value: unknown, most: unknown) => truncate(text(value), Number(most)),
    paragraphs: (value: unknown) => splitTrimmed(value, /\n\s*\n/),
    lines: (value: unknown) => splitTrimmed(value, /\n/),
    direction: (tag: unknown) => new Intl.Locale(text(tag)).getTextInfo().direction ?? 'ltr',
  };
}
