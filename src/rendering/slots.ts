import { createHash } from 'node:crypto';

/** What reads as Handlebars only beside another such character or beside a slot; alone it is plain text. */
const NEEDS_SPELLING = /(?<=^|[{}\\])[{}\\]|[{}\\](?=[{}\\]|$)/g;

/** Literal text in a spelling that a Handlebars source prints as it is, whatever stands before and after it. */
function literal(text: string): string {
  return text.replace(NEEDS_SPELLING, (character) => `{{char ${character.charCodeAt(0)}}}`);
}

/**
 * The places that the subscriber's pass fills. Between the two passes each stands in the text as a mark that
 * survives MJML and the way to plain text. When everything else is done, {@link Slots.toSource} puts the
 * Handlebars expressions in and spells out whatever could be taken for one, so that no article can speak to the
 * subscriber's pass.
 */
export class Slots {
  readonly #sources: string[] = [];
  readonly #prefix: string;
  /** Matches a mark; its only group is the slot's number. */
  readonly pattern: RegExp;

  /**
   * @param seed all that goes into the edition. The marks are its hash: a text that contains a mark of its own
   * edition would have to contain its own SHA-256.
   */
  constructor(seed: string) {
    this.#prefix = `q${createHash('sha256').update(seed).digest('hex').slice(0, 40)}n`;
    this.pattern = new RegExp(`${this.#prefix}(\\d+)z`, 'g');
  }

  /** A new slot's mark. `expression` goes between the braces: `subscriber.email`, `#if …`, `/if`. */
  mark(expression: string): string {
    this.#sources.push(`{{${expression}}}`);
    return `${this.#prefix}${this.#sources.length - 1}z`;
  }

  /** A marked text as Handlebars source for the subscriber's pass. */
  toSource(marked: string): string {
    return marked
      .split(this.pattern)
      .map((part, index) => (index % 2 === 0 ? literal(part) : (this.#sources[Number(part)] ?? '')))
      .join('');
  }
}

/** A value of the edition pass, written as a literal inside an expression of the subscriber's pass. */
export function expressionLiteral(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  // Handlebars strings know no escape for a backslash: what is not plainly harmless travels encoded.
  if (/^[\w .,:;/?&=#@+-]*$/.test(value)) return `"${value}"`;
  return `(decode "${Buffer.from(value, 'utf8').toString('base64url')}")`;
}
