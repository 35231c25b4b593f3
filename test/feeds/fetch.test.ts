import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FetchFailure } from '../../src/feeds/failure.ts';
import { createFetcher, type FetchOptions, fetchFeed } from '../../src/feeds/fetch.ts';
import { fixedClock } from '../../src/ground/clock.ts';
import { type FeedServer, startFeedServer } from '../support/feed-server.ts';

let server: FeedServer;
beforeEach(async () => {
  server = await startFeedServer();
});
afterEach(() => server.close());

type Given = Partial<FetchOptions> & { etag?: string; lastModified?: string; signal?: AbortSignal };

/** Only the test's own server may be reached. */
const ownServer = (host: string, port: number) => host === '127.0.0.1' && port === server.port;

function get(address: string, given: Given = {}) {
  const { etag = null, lastModified = null, ...options } = given;
  const url = address.startsWith('/') ? server.origin + address : address;
  return fetchFeed({ url, etag, lastModified }, { allowPrivate: ownServer, ...options });
}

async function failure(address: string, given: Given = {}): Promise<FetchFailure> {
  const error: unknown = await get(address, given).catch((caught: unknown) => caught);
  if (error instanceof FetchFailure) return error;
  throw new Error(`expected a failure of the fetch, not ${JSON.stringify(error)}`);
}

async function text(address: string, given: Given = {}): Promise<string> {
  const answer = await get(address, given);
  return answer.kind === 'fetched' ? Buffer.from(answer.bytes).toString() : answer.kind;
}

describe('what it asks and gets', () => {
  it('brings the bytes and what the answer says of itself', async () => {
    const headers = {
      'content-type': 'text/xml; charset=koi8-r',
      etag: '"v1"',
      'last-modified': 'Mon, 05 Jan 2026 09:30:00 GMT',
    };
    server.on('/feed?page=1', { body: '<rss/>', headers });
    expect(await get('/feed?page=1')).toEqual({
      kind: 'fetched',
      bytes: Buffer.from('<rss/>'),
      contentType: 'text/xml; charset=koi8-r',
      etag: '"v1"',
      lastModified: 'Mon, 05 Jan 2026 09:30:00 GMT',
      url: `${server.origin}/feed?page=1`,
    });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers).toMatchObject({
      'user-agent': expect.stringContaining('Broadsheet/0.1'),
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('if-none-match');
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('asks whether the feed changed, and hears that it did not', async () => {
    server.on('/feed', (request, response) => {
      const same =
        request.headers['if-none-match'] === '"v1"' && request.headers['if-modified-since'] === 'yesterday';
      response.writeHead(same ? 304 : 200).end(same ? '' : 'new');
    });
    expect(await get('/feed', { etag: '"v1"', lastModified: 'yesterday' })).toEqual({ kind: 'unchanged' });
    expect(await text('/feed', { etag: '"v2"', lastModified: 'yesterday' })).toBe('new');
  });

  it('does not believe a 304 that nobody asked for', async () => {
    server.on('/feed', { status: 304 });
    expect(await failure('/feed')).toMatchObject({ word: 'http_status', status: 304 });
  });

  it('sends no stored value that could end a header', async () => {
    server.on('/feed', { body: 'ok' });
    expect(await text('/feed', { etag: '"v1"\r\nx-evil: 1', lastModified: 'ü\u0000' })).toBe('ok');
    expect(server.requests[0]?.headers).not.toHaveProperty('if-none-match');
    expect(server.requests[0]?.headers).not.toHaveProperty('x-evil');
  });

  it.each([
    ['gzip', gzipSync('packed')],
    ['x-gzip', gzipSync('packed')],
    ['br', brotliCompressSync('packed')],
    ['deflate', deflateSync('packed')],
    ['deflate', deflateRawSync('packed')],
    ['identity', Buffer.from('packed')],
  ])('unpacks %s', async (encoding, body) => {
    server.on('/feed', { body, headers: { 'content-encoding': encoding } });
    expect(await text('/feed')).toBe('packed');
  });

  it('lets go of its connections at the end', async () => {
    const closed: Promise<unknown>[] = [];
    server.on('/feed', (request, response) => {
      closed.push(once(request.socket, 'close'));
      response.end('ok');
    });
    const fetcher = createFetcher({ allowPrivate: ownServer });
    const request = { url: `${server.origin}/feed`, etag: null, lastModified: null };
    await Promise.all([fetcher.fetch(request), fetcher.fetch(request)]);
    expect(closed).toHaveLength(2);
    await fetcher.close();
    await Promise.all(closed);
  });

  it('gives credentials of the address to that site alone, and shows them to nobody', async () => {
    const other = await startFeedServer();
    other.on('/feed', { status: 500 });
    server.on('/feed', { status: 302, headers: { location: `${other.origin}/feed` } });
    const url = `http://ada:p%40ss%zz@127.0.0.1:${server.port}/feed`;
    const { message } = await failure(url, { allowPrivate: () => true });
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('ada:p@ss%zz')}`);
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(message).not.toContain('ada');
    await other.close();
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('follows a %i, and says where the feed was', async (status) => {
    server.on('/old', { status, headers: { location: 'new?a=1' } });
    server.on('/new?a=1', { body: 'ok' });
    expect(await get('/old')).toMatchObject({ kind: 'fetched', url: `${server.origin}/new?a=1` });
  });

  it('gives up a loop after five', async () => {
    server.on('/loop', { status: 302, headers: { location: '/loop' } });
    expect(await failure('/loop')).toMatchObject({
      word: 'too_many_redirects',
      message: `${server.origin}/loop redirects more than 5 times. Check the address.`,
    });
    expect(server.requests).toHaveLength(6);
  });

  it.each([
    ['nowhere', {}],
    ['a file', { location: 'file:///etc/passwd' }],
    ['gopher', { location: 'gopher://127.0.0.1/' }],
    ['nonsense', { location: 'http://[' }],
  ])('refuses one to %s', async (_, headers) => {
    server.on('/feed', { status: 302, headers });
    expect(await failure('/feed')).toMatchObject({ word: 'bad_redirect' });
  });

  it.each([
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/',
    'http://localhost/',
  ])('refuses one into a private network: %s', async (location) => {
    server.on('/feed', { status: 302, headers: { location } });
    const { word, message } = await failure('/feed');
    expect(word).toBe('private_address');
    expect(message).toContain(location);
  });

  it('refuses one to another port of an allowed host', async () => {
    const other = await startFeedServer();
    server.on('/feed', { status: 302, headers: { location: `${other.origin}/feed` } });
    expect(await failure('/feed')).toMatchObject({ word: 'private_address' });
    expect(other.requests).toEqual([]);
    await other.close();
  });
});

describe('private networks', () => {
  const refuseAll = () => false;

  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '017700000001',
    '127.1',
    '127.0.0.1.',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::127.0.0.1]',
    '0.0.0.0',
    '[::]',
    'localhost',
    'LOCALHOST.',
    'feeds.localhost',
  ])('refuses %s', async (host) => {
    server.on('/feed', { body: 'secret' });
    const { word, message } = await failure(`http://${host}:${server.port}/feed`, {
      allowPrivate: refuseAll,
    });
    expect(word).toBe('private_address');
    expect(message).toContain('leads into a private network and was not fetched');
    expect(server.requests).toEqual([]);
  });

  it('reaches a private name that is allowed', async () => {
    server.on('/feed', { body: 'mine' });
    const asked: [string, number][] = [];
    const allowPrivate = (host: string, port: number) => asked.push([host, port]) > 0;
    expect(await text(`http://localhost:${server.port}/feed`, { allowPrivate })).toBe('mine');
    expect(await text(`http://f1.localhost:${server.port}/feed`, { allowPrivate })).toBe('mine');
    expect(asked).toEqual([
      ['localhost', server.port],
      ['f1.localhost', server.port],
    ]);
  });
});

describe('what goes wrong', () => {
  it.each([
    [401, 'The site does not let us in.'],
    [404, 'Check the address.'],
    [410, 'gone for good'],
    [500, 'It will be tried again.'],
    [300, 'It will be tried again.'],
  ])('answers %i', async (status, advice) => {
    server.on('/feed', { status, body: '<rss/>' });
    const error = await failure('/feed');
    expect(error).toMatchObject({ word: 'http_status', status, retryAfterSeconds: null });
    expect(error.message).toMatch(new RegExp(`^${server.origin}/feed answers ${status} .*${advice}`));
  });

  it.each([
    ['120', 120],
    ['Mon, 05 Jan 2026 10:00:00 GMT', 1800],
    ['Mon, 05 Jan 2026 09:00:00 GMT', null],
    ['99999999', 604_800],
    ['soon', null],
  ])('hears Retry-After: %s', async (value, retryAfterSeconds) => {
    server.on('/feed', { status: 429, headers: { 'retry-after': value } });
    const clock = fixedClock('2026-01-05T09:30:00Z');
    expect(await failure('/feed', { clock })).toMatchObject({ status: 429, retryAfterSeconds });
  });

  it.each(['', 'feed.xml', 'ftp://127.0.0.1/feed', 'file:///etc/passwd', 'javascript:alert(1)'])(
    'refuses the address %j',
    async (address) => {
      const request = { url: address, etag: null, lastModified: null };
      const fetching = fetchFeed(request, { allowPrivate: () => true });
      await expect(fetching).rejects.toMatchObject({ name: 'FetchFailure', word: 'not_http' });
    },
  );

  it.each([
    ['nothing', {}],
    ['nothing, packed', { body: gzipSync(''), headers: { 'content-encoding': 'gzip' } }],
    ['204', { status: 204 }],
  ])('answers with %s', async (_, reply) => {
    server.on('/feed', reply);
    expect(await failure('/feed')).toMatchObject({ word: 'empty' });
  });

  it('finds no server', async () => {
    const gone = await startFeedServer();
    await gone.close();
    const error = await failure(`${gone.origin}/feed`, { allowPrivate: () => true });
    expect(error).toMatchObject({ word: 'unreachable' });
    expect(error.message).toContain('the server refuses connections');
  });

  it('is cut off in the middle', async () => {
    server.on('/feed', (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
    });
    const error = await failure('/feed');
    expect(error).toMatchObject({ word: 'unreachable' });
    expect(error.message).toContain('broke the connection off');
  });

  it('gets what is not HTTP, or not packed as it says', async () => {
    server.on('/raw', (request) => request.socket.end('220 smtp.example ESMTP\r\n'));
    server.on('/packed', { body: 'not packed', headers: { 'content-encoding': 'gzip' } });
    expect((await failure('/raw')).message).toContain('does not speak HTTP');
    expect((await failure('/packed')).message).toContain('packed wrongly');
  });
});

describe('limits', () => {
  /** Writes for as long as the other side takes it; resolves when that has gone away. */
  function endless(response: ServerResponse, chunk: Uint8Array): Promise<unknown> {
    const write = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', write).on('error', () => {});
    write();
    return once(response, 'close');
  }

  it('refuses by Content-Length before it reads', async () => {
    server.on('/feed', { body: 'x'.repeat(2_000) });
    expect(await failure('/feed', { maxBytes: 1_999 })).toMatchObject({ word: 'too_large' });
    expect(await text('/feed', { maxBytes: 2_000 })).toHaveLength(2_000);
  });

  it('stops an endless body', async () => {
    let gone: Promise<unknown> | undefined;
    server.on('/feed', (_, response) => {
      gone = endless(response, Buffer.alloc(65_536, 'x'));
    });
    const error = await failure('/feed', { maxBytes: 1024 * 1024 });
    expect(error).toMatchObject({ word: 'too_large' });
    expect(error.message).toContain('is larger than 1 MB');
    await gone;
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('counts what %s unpacks to', async (encoding, pack) => {
    const bomb = pack(Buffer.alloc(20 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    server.on('/feed', { body: bomb, headers: { 'content-encoding': encoding } });
    expect(await failure('/feed')).toMatchObject({ word: 'too_large' });
  });

  it('counts what is packed, too: empty parts without end unpack to nothing', async () => {
    let gone: Promise<unknown> | undefined;
    server.on('/feed', (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      gone = endless(response, Buffer.concat(Array.from({ length: 1_000 }, () => gzipSync(''))));
    });
    expect(await failure('/feed', { maxBytes: 200_000 })).toMatchObject({ word: 'too_large' });
    await gone;
  });

  it('ends a body that drips, at the deadline for the whole', async () => {
    let gone: Promise<unknown> | undefined;
    server.on('/feed', (_, response) => {
      const drip = () => {
        if (!response.destroyed) response.write('.', () => setTimeout(drip, 10));
      };
      gone = once(response, 'close');
      drip();
    });
    const error = await failure('/feed', { timeoutMs: 300 });
    expect(error).toMatchObject({ word: 'timeout' });
    expect(error.message).toBe(
      `${server.origin}/feed did not send everything within 0.3 s. It will be tried again.`,
    );
    await gone;
  });

  it('ends a request that is never answered', async () => {
    let gone: Promise<unknown> | undefined;
    server.on('/feed', (request) => {
      gone = once(request.socket, 'close');
    });
    expect(await failure('/feed', { timeoutMs: 200 })).toMatchObject({ word: 'timeout' });
    await gone;
  });

  it('stops when its caller does, with the caller’s reason', async () => {
    const stop = new AbortController();
    const reason = new Error('shutting down');
    server.on('/feed', () => stop.abort(reason));
    await expect(get('/feed', { signal: stop.signal })).rejects.toBe(reason);
    await expect(get('/feed', { signal: stop.signal })).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });
});
