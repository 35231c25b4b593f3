import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { SubscriptionId } from '../../src/ground/ids.ts';
import type { Database } from '../../src/store/database.ts';
import { engines } from '../support/backends.ts';
import { testStore } from '../support/store.ts';
import { addNewsletter, addSubscription, type Site, startSite } from './site.ts';

const DELIVERY = { editionId: '7', deliveryId: '99' };

async function stateOf(db: Database, id: SubscriptionId) {
  const row = await db.selectFrom('subscriptions').select('state').where('id', '=', id).executeTakeFirst();
  const consents = await db
    .selectFrom('consents')
    .select('evidence')
    .where('subscription_id', '=', id)
    .execute();
  return { state: row?.state, evidence: consents.map((consent) => consent.evidence) };
}

/** The path of a person's link, on the test's own server. */
function addressOf({ origin, links }: Site, subscription: string): string {
  return origin + new URL(links.unsubscribe(DELIVERY, subscription)).pathname;
}

async function setUp(db: Database) {
  const subscription = await addSubscription(db, await addNewsletter(db, { name: 'News & <Views>' }));
  const site = await startSite(db);
  return { subscription, site, address: addressOf(site, subscription) };
}

const ONE_CLICK = 'List-Unsubscribe=One-Click';
const form = new FormData();
form.set('List-Unsubscribe', 'One-Click');

const REQUESTS: [string, RequestInit][] = [
  ['urlencoded', { body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }],
  ['multipart/form-data', { body: form }],
  [
    'a foreign origin and cookies',
    { headers: { origin: 'https://evil.test', cookie: 'a=b', 'sec-fetch-site': 'cross-site' } },
  ],
  ['JSON', { body: '{"a":', headers: { 'content-type': 'application/json' } }],
  ['a content type that is none', { body: ONE_CLICK, headers: { 'content-type': ';;;' } }],
  ['no content type', { body: Buffer.from(ONE_CLICK) }],
  ['a body of another kind', { body: 'x', headers: { 'content-type': 'image/png' } }],
  ['no body', {}],
  ['a bot as user agent', { body: ONE_CLICK, headers: { 'user-agent': 'Googlebot/2.1' } }],
];

describe.each(engines())('leaving on %s', (backend) => {
  test.each(REQUESTS)('a POST with %s leaves at once, with a plain 200', async (_name, request) => {
    const { db } = await testStore(backend);
    const { address, subscription } = await setUp(db);
    const response = await fetch(address, { method: 'POST', redirect: 'manual', ...request });
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await stateOf(db, subscription)).toEqual({
      state: 'unsubscribed',
      evidence: ['one-click, edition 7, delivery 99'],
    });
  });

  test('a POST with a body that never ends leaves too, and the connection ends with the answer', async () => {
    const { db } = await testStore(backend);
    const { address, subscription } = await setUp(db);
    const { pathname, port } = new URL(address);
    const socket = connect(Number(port), '127.0.0.1');
    const head = `POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n`;
    socket.setEncoding('utf8').write(head + 'x'.repeat(70_000));
    let answer = '';
    for await (const part of socket) answer += part;
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*You are unsubscribed/);
    expect((await stateOf(db, subscription)).state).toBe('unsubscribed');
  });

  test('a GET or HEAD shows a page with one button and changes nothing', async () => {
    const { db } = await testStore(backend);
    const { address, subscription } = await setUp(db);
    await fetch(address, { method: 'HEAD' });
    const response = await fetch(address);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('Leave News &amp; &lt;Views&gt;?');
    expect(html).toContain('ada@example.org');
    expect(html.match(/<button/g)).toHaveLength(1);
    expect((await stateOf(db, subscription)).state).toBe('active');
  });

  test('the button of the page leaves, and the page after it says so', async () => {
    const { db } = await testStore(backend);
    const { address, subscription, site } = await setUp(db);
    const action = /<form method="post" action="([^"]+)">/.exec(await (await fetch(address)).text())?.[1];
    const response = await fetch(new URL((action ?? '').replaceAll('&#x3D;', '='), site.origin), {
      method: 'POST',
      body: new URLSearchParams(),
    });
    const html = await response.text();
    expect(html).toContain('You are unsubscribed');
    expect(html).toContain('News &amp; &lt;Views&gt; no longer goes to ada@example.org.');
    expect(html).not.toContain('<form');
    expect(await stateOf(db, subscription)).toEqual({
      state: 'unsubscribed',
      evidence: ['page, edition 7, delivery 99'],
    });
  });

  test('a second time changes nothing and says the same; so does the page', async () => {
    const { db } = await testStore(backend);
    const { address, subscription } = await setUp(db);
    const first = await fetch(address, { method: 'POST' });
    const second = await fetch(address, { method: 'POST' });
    const page = await fetch(address);
    expect([first.status, second.status, page.status]).toEqual([200, 200, 200]);
    expect(await second.text()).toBe(await first.text());
    expect(await page.text()).toContain('You are unsubscribed');
    expect((await stateOf(db, subscription)).evidence).toHaveLength(1);
  });

  test('a forged or damaged token gets a kind page and changes nothing', async () => {
    const { db } = await testStore(backend);
    const { address, subscription, site } = await setUp(db);
    const last = address.at(-1) === 'A' ? 'B' : 'A';
    const forged = [address.slice(0, -1) + last, address.slice(0, -3), `${site.origin}/unsubscribe/x`];
    for (const url of [...forged, `${site.origin}/unsubscribe/${'a'.repeat(550)}`])
      for (const method of ['GET', 'POST']) {
        const response = await fetch(url, { method });
        expect(response.status).toBe(404);
        expect(await response.text()).toContain('This link is not complete');
      }
    expect((await stateOf(db, subscription)).state).toBe('active');
  });

  test('who is no longer in the database is out: the link says so', async () => {
    const { db } = await testStore(backend);
    const site = await startSite(db);
    for (const method of ['GET', 'POST']) {
      const response = await fetch(addressOf(site, '123456'), { method });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('This address is no longer on the list');
    }
  });

  test('leaving one newsletter leaves no other, and nobody else', async () => {
    const { db } = await testStore(backend);
    const { address } = await setUp(db);
    const other = await addSubscription(db, await addNewsletter(db, { slug: 'other' }), 'bo@example.org');
    await fetch(address, { method: 'POST' });
    expect((await stateOf(db, other)).state).toBe('active');
  });
});
