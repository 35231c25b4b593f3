import { FetchFailure } from '../feeds/failure.ts';
import type { FeedAnswer, FeedRequest } from '../feeds/fetch.ts';
import { parseFeed } from '../feeds/parse.ts';
import { listSources, recordFailure, recordFetched, recordUnchanged, type Source } from '../feeds/sources.ts';
import type { Clock } from '../ground/clock.ts';
import { messageOf, Problem } from '../ground/errors.ts';
import type { NewsletterId } from '../ground/ids.ts';
import type { Log } from '../ground/log.ts';
import type { Database } from '../store/database.ts';
import { type Ingested, ingestFeed } from './ingest.ts';

export interface CollectDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly fetcher: {
    fetch(request: FeedRequest, options?: { signal?: AbortSignal }): Promise<FeedAnswer>;
  };
  /** Ends what is under way: nothing of it counts as a source's failure. */
  readonly signal?: AbortSignal;
}

/** What came of one source. */
export interface Collected extends Ingested {
  readonly url: string;
  readonly status: 'fetched' | 'unchanged' | 'failed';
  /** A sentence, or null unless it failed. */
  readonly error: string | null;
}

const AT_ONCE = 8;
const NOTHING: Ingested = { added: 0, updated: 0, unchanged: 0 };

async function fetchAndIngest(deps: CollectDeps, source: Source): Promise<Collected> {
  const { db, clock, fetcher, signal } = deps;
  const request = { url: source.url, etag: source.etag, lastModified: source.last_modified };
  const answer = await fetcher.fetch(request, signal ? { signal } : {});
  if (answer.kind === 'unchanged') {
    await recordUnchanged(db, source.id, clock.now());
    return { url: source.url, status: 'unchanged', ...NOTHING, error: null };
  }
  const feed = parseFeed(answer.bytes, { url: answer.url, contentType: answer.contentType });
  const ingested = await ingestFeed(deps, source, feed);
  // Only now: had the items been lost on the way, the next request must get them again.
  const { etag, lastModified } = answer;
  await recordFetched(db, source.id, { now: clock.now(), etag, lastModified, title: feed.title });
  return { url: source.url, status: 'fetched', ...ingested, error: null };
}

function sentenceOf(error: unknown, url: string): string {
  if (error instanceof FetchFailure || error instanceof Problem) return error.message;
  return `${url} could not be taken in: ${messageOf(error)}. What it gave before is safe; it will be tried again.`;
}

/**
 * Fetches one source if it changed, and takes its items into the articles. A source that fails keeps what it gave before,
 * and is left alone for a while.
 * @throws only when the failure cannot be recorded (the database is gone), or the reason of `signal`
 */
export async function collectSource(deps: CollectDeps, source: Source): Promise<Collected> {
  try {
    const collected = await fetchAndIngest(deps, source);
    const { status, added, updated } = collected;
    deps.log.info({ source: source.id, url: source.url, status, added, updated }, 'source collected');
    return collected;
  } catch (error) {
    deps.signal?.throwIfAborted();
    const sentence = sentenceOf(error, source.url);
    const retryAfterSeconds = error instanceof FetchFailure ? error.retryAfterSeconds : null;
    await recordFailure(deps.db, source.id, { now: deps.clock.now(), error: sentence, retryAfterSeconds });
    deps.log.warn({ source: source.id, url: source.url, error: sentence }, 'source failed');
    return { url: source.url, status: 'failed', ...NOTHING, error: sentence };
  }
}

/**
 * Collects all sources of a newsletter, or of every one (`null`), due or not, eight at a time.
 * @returns what came of each, in the order the sources were added
 * @throws as {@link collectSource}
 */
export async function collectNewsletter(
  deps: CollectDeps,
  newsletterId: NewsletterId | null,
): Promise<{ sources: Collected[] }> {
  const sources = await listSources(deps.db, newsletterId);
  const results = new Map<Source, Collected>();
  const waiting = sources.values();
  const work = async () => {
    for (const source of waiting) results.set(source, await collectSource(deps, source));
  };
  // All have ended when this ends, also when one of them threw: nothing goes on with a database that is being closed.
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return { sources: sources.flatMap((source) => results.get(source) ?? []) };
}
