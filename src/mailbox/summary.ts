import { type FileHandle, open } from 'node:fs/promises';
import { type AddressObject, simpleParser } from 'mailparser';
import { codeOf } from '../ground/errors.ts';
import { oneLine } from '../rendering/clean-text.ts';
import { arrivalOf } from './mail-id.ts';

/** A mail in a list: what its first lines say, cleaned and cut for people to read. */
export interface MailSummary {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** When it came. */
  readonly date: Temporal.Instant;
  /** In bytes, with the lines that the mailbox put on top. */
  readonly size: number;
}

const HEAD_BYTES = 64 * 1024;
const LONGEST = 300;

/** The bytes up to the empty line that ends the headers, closed by one. */
function headOf(bytes: Buffer): Buffer {
  const ends = [bytes.indexOf('\r\n\r\n'), bytes.indexOf('\n\n')].filter((at) => at >= 0);
  const end = ends.length > 0 ? Math.min(...ends) : bytes.length;
  return Buffer.concat([bytes.subarray(0, end), Buffer.from('\r\n\r\n')]);
}

/** The addresses of a header as one line; several headers of the name are joined. */
export function addressLine(header: AddressObject | AddressObject[] | undefined): string {
  const all = header === undefined ? [] : Array.isArray(header) ? header : [header];
  return oneLine(all.map((one) => one.text).join(', '), LONGEST);
}

/** A subject for people to read. */
export function subjectLine(subject: string | undefined): string {
  return oneLine(subject ?? '', LONGEST);
}

async function readHead(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return headOf(buffer.subarray(0, bytesRead));
}

async function headersOf(head: Buffer): Promise<Pick<MailSummary, 'from' | 'to' | 'subject'>> {
  try {
    const mail = await simpleParser(head);
    return { from: addressLine(mail.from), to: addressLine(mail.to), subject: subjectLine(mail.subject) };
  } catch {
    // Whatever was sent is kept and listed; its source is there to be read.
    return { from: '', to: '', subject: '' };
  }
}

/** Reads a mail's headers (at most 64 KB of the file), or null when it was removed meanwhile. */
export async function readSummary(path: string, id: string): Promise<MailSummary | null> {
  const date = arrivalOf(id);
  if (date === null) return null;
  try {
    await using file = await open(path, 'r');
    const [head, { size }] = await Promise.all([readHead(file), file.stat()]);
    return { id, ...(await headersOf(head)), date, size };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
