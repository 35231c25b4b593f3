import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** A key for one purpose, derived from `SECRET_KEY`, so that a token of one kind is never good for another. */
export type SigningKey = Buffer & { readonly purpose?: string };

const TAG_BYTES = 16;

/** Derives the key of a purpose (HKDF, RFC 5869). */
export function deriveKey(secret: string, purpose: string): SigningKey {
  return Buffer.from(hkdfSync('sha256', secret, 'broadsheet', purpose, 32));
}

/** HMAC-SHA-256 of a text. */
export function hmac(key: SigningKey, text: string | Buffer): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** An opaque token that carries `payload` and proves who made it: base64url of payload and a 128-bit tag. */
export function signToken(key: SigningKey, payload: string): string {
  const body = Buffer.from(payload, 'utf8');
  return Buffer.concat([hmac(key, body).subarray(0, TAG_BYTES), body]).toString('base64url');
}

/** The payload of a token made by {@link signToken} with the same key, or null when it is forged or damaged. */
export function readToken(key: SigningKey, token: string): string | null {
  if (token.length > 512 || !/^[\w-]+$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // A changed last character can decode to the same bytes: only the one true spelling counts.
  if (bytes.length <= TAG_BYTES || bytes.toString('base64url') !== token) return null;
  const body = bytes.subarray(TAG_BYTES);
  return timingSafeEqual(hmac(key, body).subarray(0, TAG_BYTES), bytes.subarray(0, TAG_BYTES))
    ? body.toString('utf8')
    : null;
}
