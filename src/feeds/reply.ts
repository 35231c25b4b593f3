import { STATUS_CODES } from 'node:http';
import type { Dispatcher } from 'undici';
import { readBody, TooLargeError } from './body.ts';
import { FetchFailure } from './failure.ts';
import { retryAfter } from './retry-after.ts';

type Response = Dispatcher.ResponseData;

/** What a fetch brings. */
export type FeedAnswer =
  | {
      readonly kind: 'fetched';
      readonly bytes: Uint8Array;
      readonly contentType: string | null;
      readonly etag: string | null;
      readonly lastModified: string | null;
      /** Where the feed was found after redirects, without credentials. */
      readonly url: string;
    }
  | { readonly kind: 'unchanged' };

function header(response: Response, name: string): string | null {
  const value = response.headers[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first && first.length <= 1_000 ? first : null;
}

/** Lets go of an answer whose body nobody needs. */
export function discard(response: Response): void {
  response.body.on('error', () => {}).destroy();
}

/**
 * Where a redirect leads, without credentials: those of the Location header were never ours.
 * @throws FetchFailure (`bad_redirect`) when that is no http(s) address
 */
export function redirectTarget(response: Response, from: URL): URL {
  const location = header(response, 'location');
  const target = location !== null && URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  if (target && (target.protocol === 'http:' || target.protocol === 'https:')) {
    target.username = '';
    target.password = '';
    return target;
  }
  const where = location === null ? 'without saying where' : 'to something that is no web address';
  throw new FetchFailure('bad_redirect', from.href, `redirects ${where}. Tell the site’s owner.`);
}

function adviceFor(status: number): string {
  if (status === 410) return 'The feed is gone for good: remove the source or find its new address.';
  if (status === 401 || status === 403) return 'The site does not let us in.';
  if (status === 404) return 'Check the address.';
  return 'It will be tried again.';
}

/** A status that brings no feed, as a failure. */
export function statusFailure(response: Response, url: URL, now: Temporal.Instant): FetchFailure {
  const status = response.statusCode;
  const words = [status, STATUS_CODES[status]].filter(Boolean).join(' ');
  return new FetchFailure('http_status', url.href, `answers ${words}. ${adviceFor(status)}`, {
    status,
    retryAfterSeconds: retryAfter(header(response, 'retry-after'), now),
  });
}

const sizeInWords = (bytes: number): string =>
  bytes >= 1024 * 1024 ? `${Math.floor(bytes / 1024 / 1024)} MB` : `${bytes} bytes`;

/**
 * Reads the answer that carries the feed.
 * @param maxBytes of the unpacked body
 * @throws FetchFailure (`too_large`, `empty`), or the network's error
 */
export async function readAnswer(
  response: Response,
  url: URL,
  maxBytes: number,
  signal: AbortSignal,
): Promise<FeedAnswer> {
  const tooLarge = () =>
    new FetchFailure('too_large', url.href, `is larger than ${sizeInWords(maxBytes)}, and was not read.`);
  if (Number(header(response, 'content-length') ?? 0) > maxBytes) {
    discard(response);
    throw tooLarge();
  }
  const encoding = header(response, 'content-encoding') ?? '';
  const bytes = await readBody(response.body, encoding, maxBytes, signal).catch((error: unknown) => {
    throw error instanceof TooLargeError ? tooLarge() : error;
  });
  if (bytes.length === 0)
    throw new FetchFailure('empty', url.href, 'answers with nothing at all. It will be tried again.');
  return {
    kind: 'fetched',
    bytes,
    contentType: header(response, 'content-type'),
    etag: header(response, 'etag'),
    lastModified: header(response, 'last-modified'),
    url: url.href,
  };
}
