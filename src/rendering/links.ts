import { deriveKey, readToken, signToken } from '../ground/signing.ts';

/** The delivery that a link is made for. Ids are decimal digits. */
export interface DeliveryRef {
  readonly editionId: string;
  readonly deliveryId: string;
}

/** What an unsubscribe token says. */
interface UnsubscribeClaim extends DeliveryRef {
  readonly subscriptionId: string;
}

/** Makes and reads the addresses that stand in mails. */
export interface Links {
  /** `PUBLIC_URL/unsubscribe/TOKEN`: who leaves what, and from which mail; cannot be forged. */
  unsubscribe(delivery: DeliveryRef, subscriptionId: string): string;
  /** `mailto:leave+TOKEN@BOUNCE_DOMAIN`, or null without a bounce domain. */
  unsubscribeMailto(delivery: DeliveryRef, subscriptionId: string): string | null;
  /** `PUBLIC_URL/n/SLUG/NUMBER`: an edition in the browser. */
  edition(slug: string, number: number): string;
  /** `PUBLIC_URL/n/SLUG`: the newsletter's page. */
  newsletter(slug: string): string;
  /** What a token says, or null when it is forged, damaged or of another kind. */
  readUnsubscribe(token: string): UnsubscribeClaim | null;
}

const MOST_DIGITS = 19;

/** A decimal id in base 36: the token has to fit the 64 octets of a mailbox name (RFC 5321, 4.5.3.1.1). */
export function shortId(id: string): string {
  return BigInt(id).toString(36);
}

/** The decimal id of {@link shortId}, or null when it is none. */
export function longId(short: string): string | null {
  if (!/^[0-9a-z]{1,13}$/.test(short)) return null;
  const id = [...short].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n).toString();
  return id.length <= MOST_DIGITS ? id : null;
}

function parseClaim(payload: string): UnsubscribeClaim | null {
  const [subscription, edition, delivery, ...rest] = payload.split('.').map(longId);
  if (!subscription || !edition || !delivery || rest.length > 0) return null;
  return { subscriptionId: subscription, editionId: edition, deliveryId: delivery };
}

/**
 * The addresses of one installation.
 * @param options `publicUrl` without a slash at its end, `secret` is `SECRET_KEY`, `bounceDomain` takes mails to
 * `leave+TOKEN@`.
 */
export function createLinks(options: {
  publicUrl: string;
  secret: string;
  bounceDomain?: string | null | undefined;
}): Links {
  const { publicUrl, bounceDomain } = options;
  const key = deriveKey(options.secret, 'unsubscribe');
  const token = ({ editionId, deliveryId }: DeliveryRef, subscriptionId: string) =>
    signToken(key, [subscriptionId, editionId, deliveryId].map(shortId).join('.'));
  const newsletter = (slug: string) => `${publicUrl}/n/${encodeURIComponent(slug)}`;
  return {
    newsletter,
    edition: (slug, number) => `${newsletter(slug)}/${number}`,
    unsubscribe: (delivery, subscriptionId) => `${publicUrl}/unsubscribe/${token(delivery, subscriptionId)}`,
    unsubscribeMailto: (delivery, subscriptionId) =>
      bounceDomain ? `mailto:leave+${token(delivery, subscriptionId)}@${bounceDomain}` : null,
    readUnsubscribe: (text) => {
      const payload = readToken(key, text);
      return payload === null ? null : parseClaim(payload);
    },
  };
}
