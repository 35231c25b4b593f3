import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { compileEdition } from '../../src/rendering/compile.ts';
import { editionHeaders, foldHeader } from '../../src/rendering/headers.ts';
import { createLinks } from '../../src/rendering/links.ts';
import { buildMessage, type MessageParts } from '../../src/rendering/message.ts';
import { createPersonaliser } from '../../src/rendering/personalise.ts';
import { readTemplate } from '../../src/rendering/templates.ts';
import { readSample } from './sample.ts';

const links = createLinks({
  publicUrl: `https://news.example/${'long/'.repeat(20)}path`,
  secret: 'a secret of at least thirty-two characters',
  bounceDomain: 'bounce.example',
});
const most = '9223372036854775807';
const unsubscribe = links.unsubscribe({ editionId: most, deliveryId: most }, most);
const mailto = links.unsubscribeMailto({ editionId: most, deliveryId: most }, most);

function headers(changes: Partial<Parameters<typeof editionHeaders>[0]> = {}) {
  return editionHeaders({
    newsletter: { slug: 'weekly', name: 'The Weekly' },
    domain: 'news.example',
    editionNumber: 42,
    unsubscribe: { https: unsubscribe, mailto },
    archive: links.edition('weekly', 42),
    help: links.newsletter('weekly'),
    install: 'a1b2c3d4',
    ...changes,
  });
}

const parts: MessageParts = {
  mail: { subject: 'Subject', html: '<p>Hello</p>', text: 'Hello\n' },
  from: { name: 'The Weekly', address: 'news@news.example' },
  replyTo: null,
  to: { name: 'Ana Ruiz', address: 'ana@example.com' },
  date: new Date('2026-03-09T08:00:00Z'),
  messageId: '<16.21i3v9.abcdefgh@news.example>',
  headers: headers(),
};

/** The head of a message as pairs, unfolded, in order; names in small letters. */
function fields(raw: Buffer): [string, string][] {
  const head = raw.toString('latin1').split('\r\n\r\n')[0] ?? '';
  return head
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]);
}

function expectClean(raw: Buffer): void {
  const text = raw.toString('latin1');
  expect(text).not.toMatch(/(?<!\r)\n|\r(?!\n)/);
  expect(text).not.toMatch(/[^\t\r\n\x20-\x7e]/);
  for (const line of text.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
}

describe('the message of an edition', async () => {
  const { content, recipient } = await readSample();
  const mail = createPersonaliser(await compileEdition(await readTemplate('digest'), content))(recipient);

  it('reads back as it was meant, text first', async () => {
    const raw = await buildMessage({ ...parts, mail, replyTo: 'editors@news.example' });
    expectClean(raw);
    const parsed = await simpleParser(raw);
    expect(parsed.html).toBe(mail.html);
    expect(parsed.text).toBe(mail.text);
    expect(parsed.subject).toBe(mail.subject);
    expect(parsed.from?.value).toEqual([{ name: 'The Weekly', address: 'news@news.example' }]);
    expect(parsed.replyTo?.value).toEqual([{ name: '', address: 'editors@news.example' }]);
    expect(parsed.date).toEqual(parts.date);
    expect(parsed.messageId).toBe(parts.messageId);
    const types = [...raw.toString('latin1').matchAll(/^Content-Type: ([\w/]+)/gm)].map(([, type]) => type);
    expect(types.slice(-2)).toEqual(['text/plain', 'text/html']);
    expect(types).toContain('multipart/alternative');
    expect(raw.length).toBeLessThan(102 * 1024);
  });

  it('has every header of a list, each once, the addresses whole', async () => {
    const raw = await buildMessage({ ...parts, mail });
    const found = fields(raw);
    const names = found.map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.fromEntries(found)).toMatchObject({
      from: 'The Weekly <news@news.example>',
      to: 'Ana Ruiz <ana@example.com>',
      'list-id': 'The Weekly <weekly.news.example>',
      'list-unsubscribe': `<${unsubscribe}>, <${mailto}>`,
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
      'list-archive': `<${links.edition('weekly', 42)}>`,
      'list-help': `<${links.newsletter('weekly')}>`,
      'feedback-id': '42:weekly:a1b2c3d4:broadsheet',
      precedence: 'bulk',
      'auto-submitted': 'auto-generated',
      'x-auto-response-suppress': 'All',
      'mime-version': '1.0',
      date: 'Mon, 09 Mar 2026 08:00:00 +0000',
    });
    expect(raw.toString('latin1')).toContain(`List-Unsubscribe: <${unsubscribe}>,\r\n <${mailto}>\r\n`);
  });

  it('offers leaving by mail only with a bounce domain', async () => {
    const raw = await buildMessage({
      ...parts,
      headers: headers({ unsubscribe: { https: unsubscribe, mailto: null } }),
    });
    expect(Object.fromEntries(fields(raw))['list-unsubscribe']).toBe(`<${unsubscribe}>`);
  });
});

describe('nothing that a person typed', () => {
  const evil = 'x\r\nBcc: victim@example.com\r\n\r\nbody\n.\r\0\u2028"<a@b.c>, d@e.f';

  it('ends a header', async () => {
    const raw = await buildMessage({
      ...parts,
      mail: { ...parts.mail, subject: evil },
      from: { name: evil, address: 'news@news.example' },
      to: { name: evil, address: 'ana@example.com' },
      headers: headers({ newsletter: { slug: 'weekly', name: evil }, install: evil }),
    });
    expectClean(raw);
    const names = fields(raw).map(([name]) => name);
    expect(names).not.toContain('bcc');
    const parsed = await simpleParser(raw);
    expect(parsed.bcc).toBeUndefined();
    expect(parsed.to).toMatchObject({ value: [{ address: 'ana@example.com' }] });
    expect(parsed.from?.value).toMatchObject([{ address: 'news@news.example' }]);
    expect(parsed.text).toBe('Hello\n');
    expect(Object.fromEntries(fields(raw))['list-id']).toMatch(/^"x Bcc: .*" <weekly\.news\.example>$/);
  });

  it.each([
    'a@b.c, d@e.f',
    'a@b.c\r\nBcc: d@e.f',
    '<a@b.c>',
    '"a b"@c.d',
    'a',
    'a@',
    '@b.c',
    'a@b@c.d',
    'é@example.com',
    'a@b.c\0',
    'a b@c.d',
  ])('is taken for an address: %j', async (address) => {
    const failure = buildMessage({ ...parts, to: { name: null, address } });
    await expect(failure).rejects.toMatchObject({ kind: 'bad_input' });
  });

  it('stands in an address of a header unless it is encoded', () => {
    const [value] = headers({ archive: 'https://a.example/é>\r\nBcc: x, <y>' }).filter(
      ({ key }) => key === 'List-Archive',
    );
    expect(value?.value).toBe('<https://a.example/%C3%A9%3E%0D%0ABcc:%20x,%20%3Cy%3E>');
    expect(() => headers({ domain: 'x\r\ny' })).toThrow('List-Id');
  });
});

describe('words beyond ASCII and long ones', () => {
  it.each([
    'Ñandú 日本 😀 weekly',
    '日'.repeat(100),
    'w'.repeat(300),
    `${'word '.repeat(60)}`,
    '=?utf-8?Q?x?=',
    'a, b; c',
  ])('arrive: %j', async (name) => {
    const raw = await buildMessage({
      ...parts,
      mail: { subject: name.slice(0, 200).trim(), html: `<p>${name}</p>`, text: `${name}\n` },
      from: { name, address: 'news@bücher.example' },
      headers: headers({ newsletter: { slug: 'weekly', name } }),
    });
    expectClean(raw);
    const parsed = await simpleParser(raw);
    expect(parsed.subject).toBe(name.slice(0, 200).trim());
    expect(parsed.text).toBe(`${name}\n`);
    const expected = name.trim().replace('=?', '= ?');
    const shown = expected.length <= 120 ? expected : `${expected.slice(0, 119).trimEnd()}…`;
    expect(parsed.from?.value[0]?.name).toBe(shown);
    expect(raw.toString('latin1')).toContain('<news@xn--bcher-kva.example>');
    for (const line of raw.toString('latin1').split('\r\n\r\n')[0]?.split('\r\n') ?? [])
      if (line.includes('=?')) expect(line.length).toBeLessThanOrEqual(78);
  });

  it('are folded at spaces, never right after the name', () => {
    const value = `${'w'.repeat(90)} ${'short '.repeat(30)}`.trim();
    const folded = foldHeader({ key: 'X', value });
    expect(folded.replaceAll('\r\n', '')).toBe(value);
    expect(folded.startsWith('w'.repeat(90))).toBe(true);
    for (const line of folded.split('\r\n').slice(1)) expect(line.length).toBeLessThanOrEqual(76);
  });
});
