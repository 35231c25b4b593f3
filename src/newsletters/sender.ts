import { domainToASCII } from 'node:url';
import addressparser from 'nodemailer/lib/addressparser';

/** Who a newsletter comes from. */
export interface Sender {
  /** Empty when only an address was given. */
  readonly name: string;
  readonly email: string;
}

const LOCAL = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i;
const NAMED_DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;

/**
 * A sender's address with its domain as A-labels, or null. Stricter than for readers: every server on the way must
 * take it, so nothing beyond ASCII stands before the @ (RFC 5321 4.1.2 without quotes and literals).
 */
function senderAddress(text: string): string | null {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const named = text.slice(at + 1);
  if (at < 1 || !LOCAL.test(local) || Buffer.byteLength(local) > 64 || !NAMED_DOMAIN.test(named)) return null;
  const domain = /^[\x21-\x7e]+$/.test(named) ? named.toLowerCase() : domainToASCII(named);
  const address = `${local}@${domain}`;
  return DOMAIN.test(domain) && address.length <= 254 ? address : null;
}

/** Reads `Name <a@b.example>` or `a@b.example`: exactly one mailbox, no group; null for anything else. */
export function readSender(text: string): Sender | null {
  if (text.length > 600 || /\p{Cc}/u.test(text)) return null;
  const [only, ...more] = addressparser(text);
  if (only === undefined || more.length > 0 || only.address === undefined) return null;
  // The parser makes the best of what it finds; what it had to leave over is a mistake here.
  if ((text.match(/[<>]/g) ?? []).length > 2 || (text.includes('<') && !/>\s*$/.test(text))) return null;
  if (!text.includes('<') && text.trim() !== only.address) return null;
  const email = senderAddress(only.address);
  return email === null ? null : { name: only.name, email };
}
