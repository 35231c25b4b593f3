import { type ParsedMail, simpleParser } from 'mailparser';
import { cleanText, oneLine } from '../rendering/clean-text.ts';
import { addressLine, subjectLine } from './summary.ts';

/** A mail taken apart for people to look at. All of it was written by strangers: escape it, sandbox the HTML. */
export interface Message {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** In the order of the mail, unfolded and otherwise as sent. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly text: string | null;
  /** Pictures that the mail brings along stand in it as `data:` addresses. */
  readonly html: string | null;
  readonly attachments: readonly {
    readonly name: string;
    readonly type: string;
    /** In bytes. */
    readonly size: number;
  }[];
  /** True when the mail is built so that it cannot be taken apart: only its source can be shown. */
  readonly unreadable: boolean;
}

const NOTHING = { from: '', to: '', subject: '', headers: [], text: null, html: null, attachments: [] };

function headerOf(line: string): { name: string; value: string } {
  const [, name = '', value = ''] = /^([^:]*):?([\s\S]*)$/.exec(line) ?? [];
  // Header lines come as octets in a string; a mail with SMTPUTF8 (RFC 6531) has UTF-8 in them.
  const text = Buffer.from(value, 'latin1').toString('utf8');
  return { name: oneLine(name, 200), value: cleanText(text.replace(/\r?\n(?=[ \t])/g, '')).trim() };
}

function toMessage(mail: ParsedMail): Message {
  return {
    from: addressLine(mail.from),
    to: addressLine(mail.to),
    subject: subjectLine(mail.subject),
    headers: mail.headerLines.map(({ line }) => headerOf(line)),
    text: mail.text ? cleanText(mail.text) : null,
    html: mail.html || null,
    attachments: mail.attachments
      .filter((part) => !part.related)
      .map((part) => ({
        name: oneLine(part.filename ?? '', 200) || 'without a name',
        type: oneLine(part.contentType, 100),
        size: part.size,
      })),
    unreadable: false,
  };
}

/** Takes a mail's bytes apart. Never throws: a mail that is none comes back as `unreadable`. */
export async function parseMessage(source: Buffer): Promise<Message> {
  try {
    // What has no plain-text part shows none, and what has no HTML shows none: that is what people come to see.
    return toMessage(await simpleParser(source, { skipHtmlToText: true, skipTextToHtml: true }));
  } catch {
    return { ...NOTHING, unreadable: true };
  }
}
