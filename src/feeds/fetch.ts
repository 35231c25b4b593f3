import { Agent, request as send } from 'undici';
import { type Clock, systemClock } from '../ground/clock.ts';
import { type AllowPrivate, guardedConnector } from './connect.ts';
import { FetchFailure, failureOf } from './failure.ts';
import { discard, type FeedAnswer, readAnswer, redirectTarget, statusFailure } from './reply.ts';
import { type FeedRequest, headersFor, openAddress } from './request.ts';

export type { FeedAnswer, FeedRequest };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** How a fetcher behaves; only `allowPrivate` has no default. */
export interface FetchOptions {
  /** Which hosts may lie in a private network. */
  readonly allowPrivate: AllowPrivate;
  /** For the whole request with its redirects, to the last byte; 15,000. */
  readonly timeoutMs?: number;
  /** Of the unpacked body; 10 MB. */
  readonly maxBytes?: number;
  /** 5. */
  readonly maxRedirects?: number;
  /** For `Retry-After` dates. */
  readonly clock?: Clock;
}
type Limits = Required<Omit<FetchOptions, 'allowPrivate'>>;

/** Fetches feeds over connections that are kept until `close`. */
export interface Fetcher {
  /**
   * Fetches one feed, if it changed since the answer that `etag` and `lastModified` came with.
   * @throws FetchFailure with a word and a sentence; the reason of `signal` when that aborts.
   */
  fetch(request: FeedRequest, options?: { signal?: AbortSignal | undefined }): Promise<FeedAnswer>;
  close(): Promise<void>;
}

/** Follows redirects by hand, so that they are counted; the agent's connector checks each hop's host like the first. */
async function follow(
  request: FeedRequest,
  agent: Agent,
  limits: Limits,
  signal: AbortSignal,
): Promise<FeedAnswer> {
  const { url: start, authorization } = openAddress(request.url);
  let url = start;
  for (let hop = 0; hop <= limits.maxRedirects; hop += 1) {
    // Credentials are for the site that they were given for.
    const headers = headersFor(request, url.origin === start.origin ? authorization : null);
    const here = url.href;
    const response = await send(here, { dispatcher: agent, headers, signal }).catch((error: unknown) => {
      throw signal.aborted ? error : failureOf(here, error);
    });
    const status = response.statusCode;
    if (status >= 200 && status < 300) return readAnswer(response, url, limits.maxBytes, signal);
    discard(response);
    if (status === 304 && (headers['if-none-match'] || headers['if-modified-since']))
      return { kind: 'unchanged' };
    if (!REDIRECTS.has(status)) throw statusFailure(response, url, limits.clock.now());
    url = redirectTarget(response, url);
  }
  const what = `redirects more than ${limits.maxRedirects} times. Check the address.`;
  throw new FetchFailure('too_many_redirects', request.url, what);
}

async function fetchInTime(request: FeedRequest, agent: Agent, limits: Limits, outer?: AbortSignal) {
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  try {
    return await follow(request, agent, limits, outer ? AbortSignal.any([outer, deadline]) : deadline);
  } catch (error) {
    outer?.throwIfAborted();
    if (!deadline.aborted || error instanceof FetchFailure) throw failureOf(request.url, error);
    const what = `did not send everything within ${limits.timeoutMs / 1000} s. It will be tried again.`;
    throw new FetchFailure('timeout', request.url, what);
  }
}

/** Makes a fetcher; nothing is opened before its first `fetch`. */
export function createFetcher(options: FetchOptions): Fetcher {
  const limits: Limits = {
    timeoutMs: options.timeoutMs ?? 15_000,
    maxBytes: options.maxBytes ?? 10 * 1024 * 1024,
    maxRedirects: options.maxRedirects ?? 5,
    clock: options.clock ?? systemClock,
  };
  const connect = guardedConnector(options.allowPrivate, limits.timeoutMs);
  const agent = new Agent({ connect, keepAliveMaxTimeout: 10_000 });
  return {
    fetch: (request, { signal } = {}) => fetchInTime(request, agent, limits, signal),
    close: () => agent.destroy(),
  };
}

/** Fetches one feed over a connection of its own: {@link Fetcher.fetch} with a fetcher that is closed afterwards. */
export async function fetchFeed(
  request: FeedRequest,
  options: FetchOptions & { readonly signal?: AbortSignal },
): Promise<FeedAnswer> {
  const fetcher = createFetcher(options);
  try {
    return await fetcher.fetch(request, { signal: options.signal });
  } finally {
    await fetcher.close();
  }
}
