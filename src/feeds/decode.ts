import { gunzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { cleanText } from './text.ts';

const MAX_UNPACKED = 10 * 1024 * 1024;

const startsWith = (bytes: Uint8Array, ...start: number[]): boolean =>
  start.every((byte, index) => bytes[index] === byte);

/** Some servers send the packed file itself, without saying so in Content-Encoding. */
function unpack(bytes: Uint8Array): Uint8Array {
  if (!startsWith(bytes, 0x1f, 0x8b)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED });
  } catch {
    return bytes; // damaged or a bomb: what is left is no feed, and is refused as such
  }
}

/** The encoding that a byte order mark, or the shape of `<?` in wide characters, proves (XML 1.0, appendix F). */
function provenEncoding(bytes: Uint8Array): string | null {
  if (startsWith(bytes, 0xef, 0xbb, 0xbf)) return 'utf-8';
  if (startsWith(bytes, 0xff, 0xfe, 0, 0) || startsWith(bytes, 0x3c, 0, 0, 0)) return 'utf-32le';
  if (startsWith(bytes, 0, 0, 0xfe, 0xff) || startsWith(bytes, 0, 0, 0, 0x3c)) return 'utf-32be';
  if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0x3c, 0)) return 'utf-16le';
  if (startsWith(bytes, 0xfe, 0xff) || startsWith(bytes, 0, 0x3c)) return 'utf-16be';
  return null;
}

/** What the Content-Type header and the XML declaration say, in that order (RFC 7303, section 3). */
function saidEncodings(bytes: Uint8Array, contentType: string | null | undefined): string[] {
  const header = /;\s*charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  const declared = /<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/i.exec(head)?.[1];
  return [header, declared].filter((name) => name !== undefined).map((name) => name.toLowerCase());
}

/** Browsers' reading of a name first (`iso-8859-1` is windows-1252 there), then the rarer ones. */
function decodeAs(name: string, bytes: Uint8Array): string | null {
  // Wide characters would have been proven above: a feed that only says so has been converted since.
  if (/^(utf-?(16|32)|ucs-?[24]|iso-10646)/.test(name) && !bytes.includes(0)) return null;
  try {
    return new TextDecoder(name).decode(bytes);
  } catch {
    return iconv.encodingExists(name) ? iconv.decode(Buffer.from(bytes), name) : null;
  }
}

function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Mostly UTF-8 with some broken characters, or the one-byte text of western Europe: whichever the bytes look more like. */
function guess(bytes: Uint8Array): string {
  const lossy = new TextDecoder('utf-8').decode(bytes);
  const broken = lossy.match(/\ufffd/g)?.length ?? 0;
  const whole = lossy.match(/[\u0080-\ufffc]/g)?.length ?? 0;
  return whole > broken ? lossy : new TextDecoder('windows-1252').decode(bytes);
}

function decode(bytes: Uint8Array, contentType: string | null | undefined): string {
  const proven = provenEncoding(bytes);
  if (proven !== null) return decodeAs(proven, bytes) ?? guess(bytes);
  const said = saidEncodings(bytes, contentType);
  const utf8 = strictUtf8(bytes);
  // Servers add a charset to files that they never read; bytes that say UTF-8 themselves and are, are believed.
  if (utf8 !== null && said.some((name) => /^utf-?8$/.test(name))) return utf8;
  for (const name of said.filter((name) => !/^utf-?8$/.test(name))) {
    const text = decodeAs(name, bytes);
    if (text !== null) return text;
  }
  return utf8 ?? guess(bytes);
}

/**
 * A feed's bytes as text: by byte order mark, Content-Type, XML declaration, then UTF-8, then windows-1252.
 * Never throws; characters that no text may hold are dropped.
 */
export function decodeFeed(bytes: Uint8Array, contentType?: string | null): string {
  return cleanText(decode(unpack(bytes), contentType)).replace(/^[\ufeff\s]+/, '');
}
