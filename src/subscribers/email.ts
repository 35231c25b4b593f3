import { domainToASCII, domainToUnicode } from 'node:url';
import { Problem } from '../ground/errors.ts';

/** An address as a person wrote it, and the one spelling by which two writings are the same person. */
export interface Email {
  readonly email: string;
  readonly key: string;
}

const LONGEST_LOCAL = 64;
const LONGEST_ADDRESS = 254;
const LONGEST_LABEL = 63;
const ASCII_ATOM = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
/** One character of it, or anything visible beyond ASCII (RFC 6531). */
const ATOM_CHARACTER = /^(?:[\w!#$%&'*+/=?^`{|}~-]|[^\p{C}\p{Z}\x20-\x7e])$/u;
const ASCII_DOMAIN = /^[A-Za-z0-9.-]+$/;
/** Letters, marks and digits of any script, and the full stops that IDNA takes for a dot (RFC 5892, UTS 46). */
const ANY_DOMAIN = /^[\p{L}\p{M}\p{N}.\u3002\uff0e\uff61-]+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Why the part before the @ cannot be used, or null. */
function localTrouble(local: string): string | null {
  if (local === '') return 'nothing stands before the @';
  if (local.startsWith('"') || local.endsWith('"')) return 'quoted names before the @ are not taken';
  if (Buffer.byteLength(local) > LONGEST_LOCAL)
    return `more than ${LONGEST_LOCAL} characters stand before the @`;
  if (ASCII_ATOM.test(local)) return null;
  if (/^\.|\.$|\.\./.test(local))
    return 'a dot stands first, last or twice in a row in the part before the @';
  const wrong = [...local].find((character) => character !== '.' && !ATOM_CHARACTER.test(character));
  return wrong === undefined ? null : `${JSON.stringify(wrong)} cannot stand before the @`;
}

/**
 * The domain's A-label form, lower case, or null. Only names go to `domainToASCII`, since it also decodes `%41` and
 * reads `127.1` as an address.
 */
function asciiDomain(domain: string): string | null {
  if (ASCII_DOMAIN.test(domain)) return domain.toLowerCase();
  return ANY_DOMAIN.test(domain) ? domainToASCII(domain) || null : null;
}

/** Why the part after the @ cannot be used, or null. */
function domainTrouble(domain: string, ascii: string | null): string | null {
  if (domain === '') return 'nothing stands after the @';
  if (domain.startsWith('[')) return 'a number in brackets after the @ is not taken: a domain name is needed';
  if (ascii === null) return 'the part after the @ is not a domain name';
  const labels = ascii.split('.');
  if (labels.length < 2) return 'the domain has no dot';
  const fine = labels.every((label) => label.length <= LONGEST_LABEL && LABEL.test(label));
  // An A-label that decodes to nothing comes back as it was.
  const decoded = !ascii.includes('xn--') || !/(^|\.)xn--/.test(domainToUnicode(ascii));
  if (!fine || !decoded) return 'the part after the @ is not a domain name';
  return /^\d+$/.test(labels.at(-1) ?? '') ? 'the domain ends in a number' : null;
}

/**
 * Reads an address by a practical form of RFC 5321 4.1.2 with RFC 6531: what people have and servers take. Quoted,
 * commented, bracketed and dotless forms are legal but refused. Nothing is trimmed.
 * @returns the address (NFC) and its key, or the reason why it is refused, to stand in a sentence.
 */
export function readEmail(text: string): Email | { readonly reason: string } {
  if (text === '') return { reason: 'it is empty' };
  if (text.length > 4 * LONGEST_ADDRESS) return { reason: `it is longer than ${LONGEST_ADDRESS} characters` };
  if (/\p{C}|\ufffd/u.test(text)) return { reason: 'it holds characters that cannot be seen or read' };
  if (/\p{Z}/u.test(text)) return { reason: 'it holds a space' };
  if (/[()]/.test(text)) return { reason: 'comments in brackets are not taken' };
  const email = text.normalize('NFC');
  const at = email.lastIndexOf('@');
  if (at < 0) return { reason: 'it has no @' };
  const local = email.slice(0, at);
  const domain = email.slice(at + 1);
  const ascii = asciiDomain(domain);
  const reason = localTrouble(local) ?? domainTrouble(domain, ascii);
  if (reason !== null) return { reason };
  if (Buffer.byteLength(`${local}@${ascii}`) > LONGEST_ADDRESS)
    return { reason: `it is longer than ${LONGEST_ADDRESS} characters` };
  return { email, key: `${local.toLowerCase()}@${ascii}` };
}

/**
 * The same for an address that a person gave alone.
 * @throws Problem (`bad_input`) with the reason.
 */
export function parseEmail(text: string): Email {
  const read = readEmail(text);
  if ('email' in read) return read;
  const shown = text.toWellFormed().replace(/\p{C}/gu, '?').slice(0, 100);
  throw new Problem('bad_input', `"${shown}" is not an address that can be mailed: ${read.reason}.`);
}
