import { describe, expect, test } from 'vitest';
import { engines } from '../support/backends.ts';
import { testStore } from '../support/store.ts';
import { addEdition, addNewsletter, addTemplate, startSite } from './site.ts';

describe.each(engines())('the public pages on %s', (backend) => {
  test('the home page lists newsletters, without those that were removed', async () => {
    const { db } = await testStore(backend);
    const weekly = await addNewsletter(db, { name: '<b>Weekly</b>', description: 'A dose & more' });
    await addNewsletter(db, { slug: 'old', name: 'Old' });
    await db
      .updateTable('newsletters')
      .set({ removed_at: Temporal.Now.instant() })
      .where('slug', '=', 'old')
      .execute();
    await addEdition(db, { newsletter: weekly, template: await addTemplate(db), number: 1 });
    const { origin } = await startSite(db);
    const html = await (await fetch(origin)).text();
    expect(html).toContain('href="/n/weekly">&lt;b&gt;Weekly&lt;/b&gt;</a>');
    expect(html).toContain('A dose &amp; more');
    expect(html).toContain('12 January 2026');
    expect(html).not.toContain('Old');
  });

  test('an empty installation says so', async () => {
    const { db } = await testStore(backend);
    const { origin } = await startSite(db);
    expect(await (await fetch(origin)).text()).toContain('Nothing is published here yet.');
  });

  test('the archive has what was sent, latest first, with subjects for everybody', async () => {
    const { db } = await testStore(backend);
    const newsletter = await addNewsletter(db, { site_url: 'javascript:alert(1)' });
    const template = await addTemplate(db);
    const add = (number: number, rest: Partial<Parameters<typeof addEdition>[1]>) =>
      addEdition(db, { newsletter, template, number, ...rest });
    const parent = await add(1, { state: 'sent' });
    await add(2, { state: 'sending', subject: 'Blocks & <chains>' });
    await add(3, { state: 'paused' });
    for (const [n, state] of (
      ['draft', 'in_review', 'approved', 'cancelled', 'failed', 'skipped'] as const
    ).entries())
      await add(4 + n, { state });
    await add(10, { kind: 'rehearsal', parent });
    await add(11, { kind: 'resend', parent });
    const { origin } = await startSite(db);
    const html = await (await fetch(`${origin}/n/weekly`)).text();
    expect([...html.matchAll(/href="\/n\/weekly\/(\d+)"/g)].map(([, number]) => number)).toEqual([
      '3',
      '2',
      '1',
    ]);
    expect(html).toContain('Blocks &amp; &lt;chains&gt;');
    expect(html).toContain('<bdi>Edition 3</bdi>');
    expect(html).toContain('<link rel="canonical" href="https://news.example.com/n/weekly">');
    expect(html).not.toContain('javascript:');
  });

  test('the archive turns its pages without losing an edition', async () => {
    const { db } = await testStore(backend);
    const newsletter = await addNewsletter(db);
    const template = await addTemplate(db);
    for (let number = 1; number <= 51; number++) await addEdition(db, { newsletter, template, number });
    const { origin } = await startSite(db);
    const numbers = async (path: string) => {
      const html = await (await fetch(origin + path)).text();
      const next = /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&#x3D;', '=');
      return { seen: [...html.matchAll(/href="\/n\/weekly\/(\d+)"/g)].map(([, n]) => Number(n)), next };
    };
    const first = await numbers('/n/weekly');
    const second = await numbers(first.next ?? '');
    expect([...first.seen, ...second.seen]).toEqual(Array.from({ length: 51 }, (_, n) => 51 - n));
    expect(second.next).toBeUndefined();
    expect((await numbers('/n/weekly?before=nonsense&before=2')).seen).toHaveLength(50);
  });

  test('an edition is shown as it was frozen, to nobody in particular, and runs nothing', async () => {
    const { db } = await testStore(backend);
    const newsletter = await addNewsletter(db);
    const html =
      '<!doctype html><title>Week 1</title><p>Hello{{#if subscriber.email}} {{subscriber.email}}{{/if}}</p>' +
      '<a href="{{links.web}}">web</a><a href="{{links.unsubscribe}}">leave</a><script>alert(1)</script>';
    await addEdition(db, { newsletter, template: await addTemplate(db), number: 1, html });
    const { origin } = await startSite(db);
    const response = await fetch(`${origin}/n/weekly/1`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(
      '<p>Hello</p><a href="https://news.example.com/n/weekly/1">web</a><a href="https://news.example.com/n/weekly">leave</a>',
    );
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('script-src');
  });

  test('an edition that is not public, or none, is a page that is not there', async () => {
    const { db } = await testStore(backend);
    const newsletter = await addNewsletter(db);
    const template = await addTemplate(db);
    const parent = await addEdition(db, { newsletter, template, number: 1 });
    await addEdition(db, { newsletter, template, number: 2, state: 'approved' });
    await addEdition(db, { newsletter, template, number: 3, kind: 'rehearsal', parent });
    const { origin } = await startSite(db);
    const paths = ['2', '3', '4', '0', '01', '1e0', '-1', '99999999999999999999', "1'--", '%00'];
    for (const path of [
      ...paths.map((number) => `/n/weekly/${number}`),
      '/n/none',
      '/n/none/1',
      '/nothing',
    ]) {
      const response = await fetch(origin + path);
      expect([path, response.status]).toEqual([path, 404]);
      expect(await response.text()).toContain('There is no such page');
    }
  });

  test('a removed newsletter keeps its archive and says that it has ended', async () => {
    const { db } = await testStore(backend);
    const newsletter = await addNewsletter(db);
    await addEdition(db, { newsletter, template: await addTemplate(db), number: 1 });
    await db.updateTable('newsletters').set({ removed_at: Temporal.Now.instant() }).execute();
    const { origin } = await startSite(db);
    expect(await (await fetch(`${origin}/n/weekly`)).text()).toContain('This newsletter has ended.');
    expect((await fetch(`${origin}/n/weekly/1`)).status).toBe(200);
  });

  test('links within the site start with the path of PUBLIC_URL', async () => {
    const { db } = await testStore(backend);
    await addNewsletter(db);
    const { origin } = await startSite(db, { publicUrl: 'https://example.com/letters' });
    expect(await (await fetch(origin)).text()).toContain('href="/letters/n/weekly"');
  });
});
