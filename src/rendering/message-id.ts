import { timingSafeEqual } from 'node:crypto';
import { hmac, type SigningKey } from '../ground/signing.ts';
import { type DeliveryRef, longId, shortId } from './links.ts';

/** Eight characters of base 36 (41 bits): enough that nobody guesses another delivery's Message-ID. */
function tag(key: SigningKey, ids: string): string {
  return hmac(key, ids).readBigUInt64BE().toString(36).padStart(13, '0').slice(-8);
}

/**
 * The Message-ID of a delivery (RFC 5322, 3.6.4), the same on every attempt: `<edition.delivery.tag@domain>` with
 * the ids in base 36. Lower case throughout, since bounces do not always keep case.
 */
export function messageId(of: DeliveryRef & { domain: string; key: SigningKey }): string {
  const ids = `${shortId(of.editionId)}.${shortId(of.deliveryId)}`;
  return `<${ids}.${tag(of.key, ids)}@${of.domain.toLowerCase()}>`;
}

/** The delivery of a Message-ID that {@link messageId} made with this key, angle brackets or not; else null. */
export function readMessageId(value: string, key: SigningKey): DeliveryRef | null {
  const found = /^<?([0-9a-z]{1,13})\.([0-9a-z]{1,13})\.([0-9a-z]{8})@[^\s<>@]+>?$/.exec(
    value.trim().toLowerCase(),
  );
  const [, edition = '', delivery = '', given = ''] = found ?? [];
  if (!found || !timingSafeEqual(Buffer.from(tag(key, `${edition}.${delivery}`)), Buffer.from(given)))
    return null;
  const editionId = longId(edition);
  const deliveryId = longId(delivery);
  return editionId === null || deliveryId === null ? null : { editionId, deliveryId };
}
