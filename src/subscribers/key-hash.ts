import { deriveKey, hmac } from '../ground/signing.ts';

/** What an address's key is known by where the address itself must not be kept. */
export type KeyHash = (emailKey: string) => Buffer;

/** HMAC-SHA-256 of address keys under a key derived from `SECRET_KEY`: nobody without it can try addresses out. */
export function createKeyHash(secret: string): KeyHash {
  const key = deriveKey(secret, 'suppression');
  return (emailKey) => hmac(key, emailKey);
}
