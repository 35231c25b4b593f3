import { unescape as unescapePercent } from 'node:querystring';
import { FetchFailure } from './failure.ts';

const USER_AGENT = 'Broadsheet/0.1 (newsletter digest; feed reader)';
const ACCEPT = [
  'application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml',
  'application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5',
].join(', ');

/** A feed to fetch. */
export interface FeedRequest {
  readonly url: string;
  /** What the last answer said of itself, to be asked whether it still holds (RFC 9110, section 13). */
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/**
 * Takes a feed's address apart.
 * @returns the address without credentials, and these as an `Authorization` header or null
 * @throws FetchFailure (`not_http`)
 */
export function openAddress(address: string): { url: URL; authorization: string | null } {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new FetchFailure(
      'not_http',
      address,
      'is not an address that starts with http:// or https://. Check it.',
    );
  const pair = `${unescapePercent(url.username)}:${unescapePercent(url.password)}`;
  url.username = '';
  url.password = '';
  return { url, authorization: pair === ':' ? null : `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Stored validators came from a stranger's server once: only what is a plain header value goes out again. */
const sendable = (value: string | null): value is string =>
  value !== null && /^[\x20-\x7e\x80-\xff]+$/.test(value);

/** The headers of one hop; conditional when the request has validators. */
export function headersFor(request: FeedRequest, authorization: string | null): Record<string, string> {
  return {
    'user-agent': USER_AGENT,
    accept: ACCEPT,
    'accept-encoding': 'gzip, br, deflate',
    ...(sendable(request.etag) && { 'if-none-match': request.etag }),
    ...(sendable(request.lastModified) && { 'if-modified-since': request.lastModified }),
    ...(authorization && { authorization }),
  };
}
