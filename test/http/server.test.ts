import { connect } from 'node:net';
import Fastify from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Problem } from '../../src/ground/errors.ts';
import { listen } from '../../src/http/listen.ts';
import { engines } from '../support/backends.ts';
import { testStore } from '../support/store.ts';
import { startSite, testMailbox } from './site.ts';

/** A request as no client library would send it. */
function rawRequest(origin: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(origin);
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.end(text));
    socket.setEncoding('utf8').on('data', (part) => (answer += part));
    socket.once('end', () => resolve(answer)).once('error', reject);
  });
}

describe.each(engines())('the web server on %s', (backend) => {
  test('says that the process lives, and of which version it is', async () => {
    const { db } = await testStore(backend);
    const { origin } = await startSite(db, { ready: async () => ({ ok: false, checks: {} }) });
    const response = await fetch(`${origin}/healthz`);
    expect([response.status, await response.json()]).toEqual([200, { ok: true, version: '1.2.3' }]);
  });

  test('is ready when its parts are, and names the part that is missing', async () => {
    const { db } = await testStore(backend);
    const ready = await startSite(db);
    expect((await fetch(`${ready.origin}/readyz`)).status).toBe(200);
    const checks = { database: 'ok', queue: 'Redis does not answer' };
    const missing = await startSite(db, { ready: async () => ({ ok: false, checks }) });
    const response = await fetch(`${missing.origin}/readyz`);
    expect([response.status, await response.json()]).toEqual([503, { ok: false, checks, version: '1.2.3' }]);
    const broken = await startSite(db, { ready: () => Promise.reject(new Error('secret host')) });
    const failed = await fetch(`${broken.origin}/readyz`);
    expect(failed.status).toBe(503);
    expect(await failed.text()).not.toContain('secret');
  });

  test('protects every answer', async () => {
    const { db } = await testStore(backend);
    const { origin } = await startSite(db, { mailbox: testMailbox() });
    for (const path of ['/', '/healthz', '/n/none', '/unsubscribe/x', '/admin/mailbox', '/%E0%A4%A']) {
      const { headers } = await fetch(origin + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/script-src|unsafe/);
    }
  });

  test('tells visitors nothing of what went wrong inside', async () => {
    const store = await testStore(backend);
    const { origin, links } = await startSite(store.db);
    await store.door.query('drop table subscriptions, newsletters cascade', []);
    const unsubscribe = new URL(links.unsubscribe({ editionId: '1', deliveryId: '1' }, '1')).pathname;
    for (const [path, method] of [
      ['/', 'GET'],
      [unsubscribe, 'GET'],
      [unsubscribe, 'POST'],
    ] as const) {
      const response = await fetch(origin + path, { method });
      const html = await response.text();
      expect(response.status).toBe(500);
      expect(html).toContain('Something went wrong on our side');
      expect(html).not.toMatch(/relation|newsletters"|at .*\.ts/);
    }
  });

  test('answers nonsense with a page', async () => {
    const { db } = await testStore(backend);
    const { origin } = await startSite(db);
    const broken = await fetch(`${origin}/n/%E0%A4%A`);
    expect(broken.status).toBe(400);
    expect(await broken.text()).toContain('This request was not understood');
    const posted = await fetch(origin, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect([400, 404]).toContain(posted.status);
    expect(posted.headers.get('content-type')).toContain('text/html');
    expect(await rawRequest(origin, 'NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('listening', () => {
  test('names the setting to change when the port is taken', async () => {
    const first = Fastify();
    const second = Fastify();
    onTestFinished(async () => {
      await first.close();
      await second.close();
    });
    const origin = await listen(first, { host: '127.0.0.1', port: 0 });
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const port = Number(new URL(origin).port);
    const problem = await listen(second, { host: '127.0.0.1', port }).catch((error) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect([problem.kind, problem.message]).toEqual([
      'unavailable',
      `Port ${port} on 127.0.0.1 is in use by another program. Nothing was started. Set PORT to a free one (PORT=0 picks one) and try again.`,
    ]);
  });

  test('says so when the host is no address of this machine', async () => {
    const server = Fastify();
    onTestFinished(() => server.close());
    await expect(listen(server, { host: '192.0.2.1', port: 0 })).rejects.toThrow(
      '192.0.2.1 is no address of this machine. Nothing was started. Set HOST to one',
    );
  });

  test('gives an origin that a browser on this machine can open', async () => {
    const server = Fastify();
    onTestFinished(() => server.close());
    server.get('/', async () => 'here');
    const origin = await listen(server, { host: '0.0.0.0', port: 0 });
    expect(origin).toMatch(/^http:\/\/localhost:\d+$/);
    expect(await (await fetch(origin)).text()).toBe('here');
  });
});
