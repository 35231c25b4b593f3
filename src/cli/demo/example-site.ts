import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { toDate } from '../../ground/clock.ts';
import { Problem } from '../../ground/errors.ts';
import { EXAMPLE_ARTICLES } from './articles.ts';
import { exampleFeed, lastChange } from './example-feed.ts';
import { paintImage } from './example-images.ts';
import { articlePage, frontPage } from './example-pages.ts';

/** The example site while it is served. */
export interface ExampleSite {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly origin: string;
  readonly feedUrl: string;
  /** Stops serving, and ends connections that are still open. */
  close(): Promise<void>;
}

interface Resource {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

function resource(type: string, content: string | Buffer): Resource {
  const body = Buffer.from(content);
  return { type, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

/** What each path holds, made when it is first asked for. */
function resourcesOf(origin: string, now: Temporal.Instant): Map<string, () => Resource> {
  const html = (text: string) => resource('text/html; charset=utf-8', text);
  const feed = () => resource('application/rss+xml; charset=utf-8', exampleFeed({ origin, now }));
  const paths = new Map([
    ['/', () => html(frontPage(origin, now))],
    ['/feed.xml', feed],
  ]);
  for (const article of EXAMPLE_ARTICLES) {
    paths.set(`/articles/${article.slug}`, () => html(articlePage(origin, now, article)));
    paths.set(`/images/${article.slug}.png`, () =>
      resource('image/png', paintImage(article.slug, article.image)),
    );
  }
  return paths;
}

/** Whether the client has this already (RFC 9110, 13.2.2: an entity tag decides before a date). */
function isKnown(request: IncomingMessage, etag: string, modified: Date): boolean {
  const tags = request.headers['if-none-match'];
  if (tags !== undefined)
    return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
  const since = request.headers['if-modified-since'];
  return since !== undefined && Date.parse(since) >= modified.getTime();
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  found: Resource | undefined,
  modified: Date,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response
      .writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain' })
      .end('Only reading is possible here.\n');
    return;
  }
  if (found === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page.\n');
    return;
  }
  const headers = {
    etag: found.etag,
    'last-modified': modified.toUTCString(),
    'x-content-type-options': 'nosniff',
  };
  if (isKnown(request, found.etag, modified)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': found.type, 'content-length': found.body.length });
  response.end(request.method === 'HEAD' ? undefined : found.body);
}

/**
 * Serves the example blockchain-news site on a free port of 127.0.0.1: a front page, the feed, a page and a picture for
 * each article.
 * @param options.now the site's present; it does not move while the site is served, so the feed stays the same.
 * @throws Problem (`unavailable`) when no port can be opened.
 */
export async function startExampleSite({ now }: { now: Temporal.Instant }): Promise<ExampleSite> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Problem(
      'unavailable',
      'The example site could not open a port on 127.0.0.1; nothing was started.',
      { cause },
    );
  }
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
  const resources = resourcesOf(origin, now);
  const made = new Map<string, Resource>();
  const modified = toDate(lastChange(now));
  server.on('request', (request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    const found = made.get(path) ?? resources.get(path)?.();
    if (found) made.set(path, found);
    answer(request, response, found, modified);
  });
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { origin, feedUrl: `${origin}/feed.xml`, close };
}
