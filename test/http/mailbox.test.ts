import { request } from 'node:http';
import { createTransport } from 'nodemailer';
import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../src/ground/log.ts';
import { startMailboxServer } from '../../src/mailbox/server.ts';
import { testStore } from '../support/store.ts';
import { addMail, startSite, testMailbox } from './site.ts';

const HTML_MAIL = [
  'From: News <news@example.com>',
  'To: ada@example.org',
  'Subject: <script>alert(1)</script>',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<html><head><title>x</title></head><body><script>alert(2)</script><a href="https://example.com/">read</a></body></html>',
  '',
].join('\r\n');

/** The status of a request with headers that fetch would not send. */
function statusOf(origin: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(origin + path, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

describe('the mailbox pages', () => {
  test('show what came by SMTP: list, html, text, source and headers', async () => {
    const { db } = await testStore('embedded');
    const mailbox = testMailbox();
    const smtp = await startMailboxServer({ store: mailbox, log: silentLog() });
    onTestFinished(() => smtp.close());
    const { response } = await createTransport({ host: '127.0.0.1', port: smtp.port }).sendMail({
      from: 'The News <news@example.com>',
      to: 'ada@example.org',
      subject: 'Blöcke & Ketten',
      text: 'Grüße an <Ada>',
      html: '<h1>Grüße</h1>',
      headers: { 'X-Edition': 'weekly-7' },
      attachments: [{ filename: 'a<b>.pdf', content: Buffer.from('12345') }],
    });
    const id = response.split(' ').at(-1) ?? '';
    const { origin } = await startSite(db, { mailbox, mailLeaves: false });
    const list = await textOf(`${origin}/admin/mailbox`);
    expect(list).toContain('<strong>Mail is not leaving this machine.</strong>');
    expect(list).toContain(`href="/admin/mailbox/${id}"><bdi>Blöcke &amp; Ketten</bdi>`);
    expect(list).toContain('1 mail<');
    const page = await textOf(`${origin}/admin/mailbox/${id}`);
    expect(page).toContain(`src="/admin/mailbox/${id}/html"`);
    expect(page).toContain('a&lt;b&gt;.pdf');
    expect(await textOf(`${origin}/admin/mailbox/${id}/html`)).toContain('<h1>Grüße</h1>');
    expect(await textOf(`${origin}/admin/mailbox/${id}?view=text`)).toContain('Grüße an &lt;Ada&gt;');
    expect(await textOf(`${origin}/admin/mailbox/${id}?view=source`)).toContain(
      'Delivered-To: ada@example.org',
    );
    expect(await textOf(`${origin}/admin/mailbox/${id}?view=headers`)).toMatch(
      /X-Edition<\/dt><dd><bdi>weekly-7/,
    );
    const file = await fetch(`${origin}/admin/mailbox/${id}/source.eml`);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(await mailbox.read(id));
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${id}.eml"`);
  });

  test('show a hostile mail in a sandbox, and escaped everywhere else', async () => {
    const { db } = await testStore('embedded');
    const mailbox = testMailbox();
    const id = await addMail(mailbox, HTML_MAIL);
    const { origin } = await startSite(db, { mailbox });
    for (const path of ['', `/${id}`, `/${id}?view=source`, `/${id}?view=headers`, `/${id}?view=text`]) {
      const html = await textOf(`${origin}/admin/mailbox${path}`);
      expect(html).not.toContain('<script');
      expect(html).toContain('&lt;script&gt;alert(1)');
    }
    expect(await textOf(`${origin}/admin/mailbox/${id}`)).toMatch(
      /<iframe [^>]*sandbox="(?!.*(script|same-origin))/,
    );
    const framed = await fetch(`${origin}/admin/mailbox/${id}/html`);
    const policy = framed.headers.get('content-security-policy') ?? '';
    expect(policy).toContain('sandbox allow-popups');
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src/);
    expect(policy).toContain("frame-ancestors 'self'");
    expect(await framed.text()).toContain('<head><base target="_blank">');
  });

  test('turn their pages, newest first', async () => {
    const { db } = await testStore('embedded');
    const mailbox = testMailbox();
    for (let n = 1; n <= 51; n++) await addMail(mailbox, `Subject: mail ${n}\r\n\r\nHi`);
    const { origin } = await startSite(db, { mailbox });
    const first = await textOf(`${origin}/admin/mailbox`);
    expect(first).toContain('51 mails');
    expect(first).toContain('<bdi>mail 51</bdi>');
    expect(first).not.toContain('<bdi>mail 1</bdi>');
    const next = /href="([^"]+)" rel="next"/.exec(first)?.[1]?.replaceAll('&#x3D;', '=');
    const second = await textOf(origin + next);
    expect([...second.matchAll(/<bdi>mail \d+<\/bdi>/g)].map(String)).toEqual(['<bdi>mail 1</bdi>']);
    expect(second).toContain('Newest mails');
    expect(second).not.toContain('rel="next"');
  });

  test('find no mail under a strange id', async () => {
    const { db } = await testStore('embedded');
    const { origin } = await startSite(db, { mailbox: testMailbox() });
    const ids = ['x', '..%2f..%2fsecret', '%2e%2e', '20260105-093012-000000-00000000'];
    for (const path of ids.flatMap((id) => [`/${id}`, `/${id}/html`, `/${id}/source.eml`]))
      expect([path, (await fetch(`${origin}/admin/mailbox${path}`)).status]).toEqual([path, 404]);
    expect(await textOf(`${origin}/admin/mailbox?before=nonsense`)).toContain(
      'There is nothing before that mail.',
    );
  });

  test('say when mail leaves, and when there is no mailbox', async () => {
    const { db } = await testStore('embedded');
    const leaving = await startSite(db, { mailbox: testMailbox(), mailLeaves: true });
    const html = await textOf(`${leaving.origin}/admin/mailbox`);
    expect(html).not.toContain('not leaving');
    expect(html).toContain('A relay is configured');
    const none = await startSite(db, { mailbox: null });
    const response = await fetch(`${none.origin}/admin/mailbox`);
    expect([response.status, await response.text()]).toEqual([
      404,
      expect.stringContaining('There is no mailbox here'),
    ]);
  });

  test.each([
    ['127.0.0.1', 200],
    ['127.8.8.8', 200],
    ['::1', 200],
    ['::ffff:127.0.0.1', 200],
    ['192.0.2.1', 403],
    ['10.0.0.1', 403],
    ['::ffff:10.0.0.1', 403],
    ['2001:db8::1', 403],
  ])('for a connection from %s answer %i', async (remoteAddress, status) => {
    const { db } = await testStore('embedded');
    const { server } = await startSite(db, { mailbox: testMailbox() });
    const { statusCode } = await server.inject({ url: '/admin/mailbox', remoteAddress });
    expect(statusCode).toBe(status);
  });

  test('open under the names of this machine only, and through no proxy', async () => {
    const { db } = await testStore('embedded');
    const mailbox = testMailbox();
    const id = await addMail(mailbox, HTML_MAIL);
    const { origin } = await startSite(db, { mailbox });
    const { port } = new URL(origin);
    const allowed = ['localhost', `LOCALHOST:${port}`, `127.0.0.1:${port}`, '[::1]:1', 'news.example.com'];
    const refused = [
      'evil.test',
      `evil.test:${port}`,
      'localhost.evil.test',
      '127.0.0.1.evil.test',
      '10.0.0.1',
    ];
    for (const path of [
      '/admin/mailbox',
      `/admin/mailbox/${id}`,
      `/admin/mailbox/${id}/html`,
      `/admin/mailbox/${id}/source.eml`,
    ]) {
      for (const host of allowed) expect([host, await statusOf(origin, path, { host })]).toEqual([host, 200]);
      for (const host of refused) expect([host, await statusOf(origin, path, { host })]).toEqual([host, 403]);
      for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
        expect([name, await statusOf(origin, path, { [name]: '127.0.0.1' })]).toEqual([name, 403]);
    }
  });
});
