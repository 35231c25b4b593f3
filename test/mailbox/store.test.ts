import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fixedClock } from '../../src/ground/clock.ts';
import { createMailboxStore, type MailboxStore } from '../../src/mailbox/store.ts';

const ENVELOPE = { from: 'news@example.com', to: ['ada@example.org'] };

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'broadsheet-mailbox-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The file of a mail, wherever the store put it. */
function fileOf(dir: string, id: string): string {
  const name = readdirSync(dir, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith(`${id}.eml`),
  );
  return join(dir, name ?? '');
}

async function* bytes(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

function mail(subject: string, body = 'Hello'): AsyncIterable<Uint8Array> {
  return bytes(
    'From: "The News" <news@example.com>\r\nTo: Ada <ada@example.org>\r\n',
    `Subject: ${subject}\r\n\r\n${body}\r\n`,
  );
}

async function subjects(store: MailboxStore, before?: string): Promise<string[]> {
  return (await store.list({ before })).mails.map((one) => one.subject);
}

describe('the mailbox store', () => {
  test('keeps a mail byte for byte under the lines of its envelope', async () => {
    const store = createMailboxStore(folder());
    const id = await store.add(
      { from: 'bounce+1@example.com', to: ['ada@example.org', 'bo@example.org'] },
      mail('One'),
    );
    expect((await store.read(id))?.toString()).toBe(
      'Return-Path: <bounce+1@example.com>\r\nDelivered-To: ada@example.org\r\nDelivered-To: bo@example.org\r\n' +
        'From: "The News" <news@example.com>\r\nTo: Ada <ada@example.org>\r\nSubject: One\r\n\r\nHello\r\n',
    );
  });

  test('lists what the headers say, when it came and how large it is', async () => {
    const store = createMailboxStore(folder(), { clock: fixedClock('2026-01-05T09:30:12.345Z') });
    const id = await store.add(ENVELOPE, mail('=?UTF-8?Q?Bl=C3=B6cke?= of the\r\n week'));
    const { mails, next } = await store.list();
    expect(next).toBeNull();
    expect(mails).toEqual([
      {
        id,
        from: '"The News" <news@example.com>',
        to: '"Ada" <ada@example.org>',
        subject: 'Blöcke of the week',
        date: Temporal.Instant.from('2026-01-05T09:30:12.345Z'),
        size: (await store.read(id))?.length,
      },
    ]);
  });

  test('is newest first across folders and days, also when the clock stands still', async () => {
    const dir = folder();
    const at = (iso: string) => createMailboxStore(dir, { clock: fixedClock(iso) });
    const noon = at('2026-01-05T12:00:00Z');
    await at('2026-01-06T00:00:01Z').add(ENVELOPE, mail('next day'));
    for (const subject of ['first', 'second', 'third']) await noon.add(ENVELOPE, mail(subject));
    await at('2026-01-05T12:00:11Z').add(ENVELOPE, mail('eleven seconds later'));
    expect(await subjects(noon)).toEqual(['next day', 'eleven seconds later', 'third', 'second', 'first']);
    expect(await noon.count()).toBe(5);
  });

  test('turns its pages without losing or repeating a mail', async () => {
    const dir = folder();
    const store = createMailboxStore(dir, { clock: fixedClock('2026-01-05T12:00:09Z') });
    const later = createMailboxStore(dir, { clock: fixedClock('2026-01-05T12:00:10Z') });
    for (let n = 1; n <= 4; n++) await store.add(ENVELOPE, mail(`mail ${n}`));
    for (let n = 5; n <= 7; n++) await later.add(ENVELOPE, mail(`mail ${n}`));
    const seen: string[][] = [];
    let before: string | undefined;
    do {
      const page = await store.list({ before, limit: 2 });
      seen.push(page.mails.map((one) => one.subject));
      before = page.next ?? undefined;
    } while (before !== undefined);
    expect(seen).toEqual([['mail 7', 'mail 6'], ['mail 5', 'mail 4'], ['mail 3', 'mail 2'], ['mail 1']]);
  });

  test('gives fifty mails when nobody says how many', async () => {
    const store = createMailboxStore(folder());
    for (let n = 0; n < 51; n++) await store.add(ENVELOPE, mail(`mail ${n}`));
    const page = await store.list();
    expect(page.mails).toHaveLength(50);
    expect(page.next).toBe(page.mails.at(-1)?.id);
  });

  test('lets nothing in an address end its line', async () => {
    const store = createMailboxStore(folder());
    const id = await store.add(
      { from: 'a@b.c>\r\nX-Evil: 1', to: ['ada@example.org\nX-Evil: 2\u2028'] },
      mail('One'),
    );
    const source = (await store.read(id))?.toString() ?? '';
    expect(source).not.toMatch(/^X-Evil/m);
    expect(source.split('\r\n').slice(0, 2)).toEqual([
      'Return-Path: <a@b.cX-Evil: 1>',
      'Delivered-To: ada@example.orgX-Evil: 2',
    ]);
  });

  test.each([
    '../../etc/passwd',
    '20260105-120000-000000-00000000/../x',
    '',
    '20260105',
    'x'.repeat(5000),
    '..',
  ])('finds nothing under the id %j', async (id) => {
    const store = createMailboxStore(folder());
    await store.add(ENVELOPE, mail('One'));
    expect(await store.read(id)).toBeNull();
    expect(await store.list({ before: id })).toEqual({ mails: [], next: null });
  });

  test('shows nothing of a mail that broke off, and keeps no file of it', async () => {
    const dir = folder();
    const store = createMailboxStore(dir);
    async function* broken() {
      yield Buffer.from('Subject: half\r\n');
      throw new Error('connection lost');
    }
    await expect(store.add(ENVELOPE, broken())).rejects.toThrow('connection lost');
    expect(await store.count()).toBe(0);
    expect(
      readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.')),
    ).toEqual([]);
  });

  test('a mail that is half in its file is not listed, and survives a clearing', async () => {
    const store = createMailboxStore(folder());
    await store.add(ENVELOPE, mail('old'));
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    async function* slow() {
      yield Buffer.from('Subject: slow\r\n');
      begun.resolve();
      await goOn.promise;
      yield Buffer.from('\r\nHello\r\n');
    }
    const adding = store.add(ENVELOPE, slow());
    await begun.promise;
    expect(await subjects(store)).toEqual(['old']);
    expect(await store.clear()).toBe(1);
    goOn.resolve();
    await adding;
    expect(await subjects(store)).toEqual(['slow']);
  });

  test('clears all mails, what dead processes left, and the folders', async () => {
    const dir = folder();
    const store = createMailboxStore(dir);
    const ids = [await store.add(ENVELOPE, mail('One')), await store.add(ENVELOPE, mail('Two'))];
    const abandoned = join(dirname(fileOf(dir, ids[0] ?? '')), '.left.part');
    writeFileSync(abandoned, 'half');
    utimesSync(abandoned, 1, 1);
    expect(await store.clear()).toBe(2);
    expect(readdirSync(dir)).toEqual([]);
    expect(await store.list()).toEqual({ mails: [], next: null });
    await store.add(ENVELOPE, mail('Three'));
    expect(await subjects(store)).toEqual(['Three']);
  });

  test('reads no further than the headers for a list, and lists what is no mail', async () => {
    const dir = folder();
    const store = createMailboxStore(dir);
    await store.add(ENVELOPE, bytes('\x00\xff no mail at all'));
    await store.add(ENVELOPE, mail('\x1b[31mred\x07', `Subject: in the body\r\n${'x'.repeat(300_000)}`));
    await store.add(ENVELOPE, bytes(`X-Long: ${'y'.repeat(200_000)}\r\nSubject: too far down\r\n\r\n`));
    expect(await subjects(store)).toEqual(['', expect.stringMatching(/^ ?\[31mred$/), '']);
  });

  test('is empty before its folder exists', async () => {
    const store = createMailboxStore(join(folder(), 'not', 'there'));
    expect([await store.list(), await store.count(), await store.clear()]).toEqual([
      { mails: [], next: null },
      0,
      0,
    ]);
  });

  test('lets nobody else on the machine read the mails', async () => {
    const dir = folder();
    const store = createMailboxStore(join(dir, 'mailbox'));
    const id = await store.add(ENVELOPE, mail('One'));
    const { statSync } = await import('node:fs');
    expect(statSync(fileOf(dir, id)).mode & 0o077).toBe(0);
    expect(statSync(join(dir, 'mailbox')).mode & 0o077).toBe(0);
    expect(readFileSync(fileOf(dir, id))).toEqual(await store.read(id));
  });
});
