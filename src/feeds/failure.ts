import { errors } from 'undici';
import { codeOf, messageOf } from '../ground/errors.ts';
import { shownAddress } from './address.ts';
import { PrivateAddressError } from './connect.ts';

/** Why a feed could not be fetched. */
export type FetchWord =
  | 'not_http'
  | 'unreachable'
  | 'private_address'
  | 'timeout'
  | 'too_large'
  | 'too_many_redirects'
  | 'http_status'
  | 'empty'
  | 'bad_redirect';

/** A feed that could not be fetched; the message is a sentence for people and names the address without credentials. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly word: FetchWord;
  /** The HTTP status, when the server gave one that matters. */
  readonly status: number | null;
  /** How long the server asked us to stay away. */
  readonly retryAfterSeconds: number | null;

  constructor(
    word: FetchWord,
    url: string,
    what: string,
    more: { status?: number; retryAfterSeconds?: number | null; cause?: unknown } = {},
  ) {
    super(`${shownAddress(url)} ${what}`, more.cause === undefined ? {} : { cause: more.cause });
    this.word = word;
    this.status = more.status ?? null;
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
  }
}

/** What the failures of name servers, sockets and TLS mean to a person. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'cannot be reached: no such host is known. Check the address.',
  EAI_AGAIN: 'cannot be reached: the name server does not answer. It will be tried again.',
  ECONNREFUSED: 'cannot be reached: the server refuses connections. It will be tried again.',
  ECONNRESET: 'cannot be read: the server broke the connection off. It will be tried again.',
  UND_ERR_SOCKET: 'cannot be read: the server broke the connection off. It will be tried again.',
  UND_ERR_HEADERS_OVERFLOW: 'cannot be read: the server sends endless headers.',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH:
    'cannot be read: the server broke the connection off. It will be tried again.',
  EHOSTUNREACH: 'cannot be reached: there is no way to its network. It will be tried again.',
  ENETUNREACH: 'cannot be reached: there is no way to its network. It will be tried again.',
};
const TIMEOUTS = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

function unreachable(code: string, error: unknown): string {
  if (/^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code))
    return `cannot be reached safely: its certificate or TLS is wrong (${messageOf(error).slice(0, 200)}). Tell the site’s owner.`;
  if (/^Z_|^ERR_.*BROTLI|ERR_PADDING/.test(code))
    return 'cannot be read: what it sends is packed wrongly. Tell the site’s owner.';
  if (error instanceof errors.HTTPParserError)
    return 'cannot be read: the server does not speak HTTP. Check the address.';
  return UNREACHABLE[code] ?? `cannot be read: ${messageOf(error).slice(0, 200)}.`;
}

/** An error of the network as one of our words. */
export function failureOf(url: string, error: unknown): FetchFailure {
  if (error instanceof FetchFailure) return error;
  const inner = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  if (inner instanceof PrivateAddressError)
    return new FetchFailure(
      'private_address',
      url,
      'leads into a private network and was not fetched. If that is meant, set ALLOW_PRIVATE_FEEDS=true.',
      { cause: error },
    );
  const code = codeOf(error) ?? codeOf(inner) ?? '';
  if (TIMEOUTS.has(code))
    return new FetchFailure('timeout', url, 'does not answer in time. It will be tried again.', {
      cause: error,
    });
  return new FetchFailure('unreachable', url, unreachable(code, inner), { cause: error });
}
