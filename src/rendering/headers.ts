import { encodeWord, quoteString } from 'nodemailer/lib/mime-funcs';
import { Problem } from '../ground/errors.ts';
import { NAME_LENGTH, oneLine, SUBJECT_LENGTH } from './clean-text.ts';

/** A header field: its name and its unfolded value in printable ASCII. */
export interface Header {
  readonly key: string;
  readonly value: string;
}

/** The header fields that make a mail an edition of a list. */
export type EditionHeaders = readonly Header[];

/** Names us in Feedback-ID (5–15 characters): Gmail's postmaster figures are gathered under it, so it never changes. */
const SENDER_ID = 'broadsheet';

const LINE = 76;

/** Printable ASCII only: nothing that a person typed can end a header. */
function plain(key: string, value: string): Header {
  if (!/^[\x20-\x7e]*$/.test(value))
    throw new Problem(
      'bad_input',
      `The header ${key} would hold characters that no header may: the mail was not made.`,
    );
  return { key, value };
}

/** An address for angle brackets (RFC 2369, 2): what would end them, or the header, is percent-encoded. */
function bracketed(url: string): string {
  return `<${url.replace(/[^\x21-\x7e]|[<>]/gu, (character) => encodeURIComponent(character))}>`;
}

/** RFC 2047 words of at most 75 characters: quoted-printable for mostly Latin letters, else base64. */
function encodedWords(text: string): string {
  const latin = text.match(/[a-z]/gi)?.length ?? 0;
  return encodeWord(text, latin * 2 > text.length ? 'Q' : 'B', 52);
}

/** A subject: ASCII as it is, all else, and what would be read as an encoded word, encoded. */
export function subjectHeader(subject: string): Header {
  const text = oneLine(subject, SUBJECT_LENGTH);
  const ready = /^[\x20-\x7e]*$/.test(text) && !text.includes('=?');
  return plain('Subject', ready ? text : encodedWords(text));
}

/** A name for a header: one line; many programs decode encoded words in it even between quotes, so it holds none. */
export function headerName(name: string): string {
  return oneLine(name, NAME_LENGTH).replaceAll('=?', '= ?');
}

/** A phrase before an address (RFC 5322, 3.2.5), with RFC 2047 words when it is not ASCII. */
function phrase(name: string): string {
  const text = headerName(name);
  if (/^[\w ]*$/.test(text)) return text;
  return /^[\x20-\x7e]*$/.test(text) ? quoteString(text) : encodedWords(text);
}

/** One of the fields between Feedback-ID's colons. */
function feedbackField(value: string): string {
  return value
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 40);
}

/**
 * The list headers of one delivery: RFC 2919 (List-Id), 2369 (List-*), 8058 (one click), 3834 (no automatic
 * answers), and Feedback-ID for Gmail.
 * @param of `domain` is the sending domain; `unsubscribe.mailto` may be null; `archive` is this edition in the
 * browser, `help` the newsletter's page; `install` names this installation, nothing personal.
 */
export function editionHeaders(of: {
  newsletter: { slug: string; name: string };
  domain: string;
  editionNumber: number;
  unsubscribe: { https: string; mailto: string | null };
  archive: string;
  help: string;
  install: string;
}): EditionHeaders {
  const { newsletter, unsubscribe } = of;
  const ways = [unsubscribe.https, ...(unsubscribe.mailto === null ? [] : [unsubscribe.mailto])];
  const feedback = [String(of.editionNumber), newsletter.slug, of.install, SENDER_ID].map(feedbackField);
  return [
    plain('List-Id', `${phrase(newsletter.name)} <${newsletter.slug}.${of.domain}>`.trim()),
    plain('List-Unsubscribe', ways.map(bracketed).join(', ')),
    plain('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'),
    plain('List-Archive', bracketed(of.archive)),
    plain('List-Help', bracketed(of.help)),
    plain('Feedback-ID', feedback.join(':')),
    plain('Precedence', 'bulk'),
    plain('Auto-Submitted', 'auto-generated'),
    plain('X-Auto-Response-Suppress', 'All'),
  ];
}

/**
 * A header's value folded at spaces to lines of at most 76 characters where that is possible (RFC 5322, 2.2.3).
 * Long words stay whole, and the first line is never left empty, which some servers take amiss.
 */
export function foldHeader({ key, value }: Header): string {
  const lines: string[] = [];
  let line = '';
  for (const word of value.split(' ')) {
    const room = lines.length === 0 ? LINE - key.length - 2 : LINE - 1;
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\r\n ');
}
