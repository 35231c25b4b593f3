import { domainToASCII } from 'node:url';
import { Problem } from '../ground/errors.ts';
import type { Envelope } from './types.ts';

/** What could end or reshape an SMTP command: white space, controls, angle brackets. */
const BREAKS_A_COMMAND = /[\p{Cc}\p{Zl}\p{Zp}\s<>]/u;
/** RFC 5321 4.5.3.1.3: a path has at most 256 octets, brackets included. */
const MAX_OCTETS = 254;

/**
 * The envelope as it may stand in MAIL and RCPT, a domain with other letters than ASCII in its A-label form (RFC 5891).
 * @throws Problem (`bad_input`) before anything is sent when an address could inject a command or cannot be one.
 */
export function checkEnvelope(envelope: Envelope): Envelope {
  return {
    from: envelope.from === '' ? '' : checkAddress('return path', envelope.from),
    to: checkAddress('recipient', envelope.to),
  };
}

function checkAddress(role: string, address: string): string {
  const at = address.lastIndexOf('@');
  const ascii = at > 0 ? withAsciiDomain(address, at) : '';
  if (
    at < 1 ||
    at === address.length - 1 ||
    BREAKS_A_COMMAND.test(address) ||
    Buffer.byteLength(ascii) > MAX_OCTETS
  )
    throw new Problem(
      'bad_input',
      `The ${role} ${JSON.stringify(address.slice(0, 300))} is no address that can be mailed. Nothing was sent; mend the address.`,
    );
  return ascii;
}

function withAsciiDomain(address: string, at: number): string {
  const domain = address.slice(at + 1);
  const ascii = /^[\x21-\x7e]+$/.test(domain) ? domain : domainToASCII(domain);
  return ascii ? `${address.slice(0, at)}@${ascii}` : address;
}
