import { convert } from 'html-to-text';
import { describe, expect, it } from 'vitest';
import { compileEdition } from '../../src/rendering/compile.ts';
import { createPersonaliser } from '../../src/rendering/personalise.ts';
import { readTemplate } from '../../src/rendering/templates.ts';
import type { EditionContent } from '../../src/rendering/types.ts';
import { ana, article, edition } from './sample.ts';

const HOSTILE = [
  '{{subscriber.email}}',
  '{{{subscriber.email}}}',
  '{{{x}}}',
  '\\{{subscriber.email}}',
  '\\\\{{subscriber.email}}',
  '{{#if subscriber.email}}',
  '{{/if}}',
  '{{else}}',
  '{{!--',
  '{{> x}}',
  '{{char 60}}script{{char 62}}',
  '{{links.unsubscribe}',
  '}}{{',
  'ends in {',
  'ends in \\',
  '}} begins',
  '<script>alert(1)</script>',
  '</h3></a></td></tr></table><h1>out</h1>',
  '"]]>',
  '<![CDATA[x]]>',
  '--><b>out</b><!--',
  '<![endif]--><b>out</b>',
  '<!--[if mso]><b>out</b><![endif]-->',
  '</mj-text></mj-column><mj-raw><b>out</b></mj-raw>',
  '<mj-include path="/etc/passwd" />',
  '" onmouseover="alert(1)" x="',
  "' onmouseover='alert(1)' x='",
  '&lt;b&gt;&#123;&#123;subscriber.email}}',
  '<% out %> [[out]] JUICE_CODE_BLOCK_0_ sanitized0:x; variable_temp_0',
  'שלום עולם العربية',
  '\u202ereversed',
  '👩‍👩‍👧‍👦 🇪🇸',
  'w'.repeat(300),
  'nul \0 bell \x07 escape \x1b[31m',
  'lone \ud800 surrogate',
  'two\r\nlines\u2028three',
  'constructor __proto__ toString',
];

/** What a text is after control characters have gone and white space has shrunk, as HTML shows it. */
function shown(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}|[\u2028\s]/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
}

/** The same text in every place that comes from feeds and people. */
function everywhere(text: string): EditionContent {
  const image = { url: 'https://site.example/i.png', alt: text };
  const story = (id: string) =>
    article(id, { title: text, excerpt: text, author: text, sourceTitle: text, image });
  const plain = edition([story('1'), story('2')], [story('3')]);
  return {
    ...plain,
    newsletter: { ...plain.newsletter, name: text, description: text, address: text },
    edition: { ...plain.edition, intro: text },
    sections: plain.sections.map((section) => ({ ...section, title: text })),
  };
}

/** The order of tags and the names of their attributes, the words left out. A text's own lines may end in `<br>`. */
function skeleton(html: string): string {
  const tags = html.match(/<!--[\s\S]*?-->|<[^>]*>/g) ?? [];
  return tags
    .filter((tag) => tag !== '<br>')
    .map((tag) => tag.replace(/"[^"]*"/g, '""'))
    .join('');
}

describe('hostile text in the digest', async () => {
  const digest = await readTemplate('digest');
  const recipient = { ...ana, relatedIds: ['3'] };
  const mailOf = async (text: string) =>
    createPersonaliser(await compileEdition(digest, everywhere(text)))(recipient);
  const harmless = skeleton((await mailOf('harmless')).html);

  it.each(HOSTILE)('%j neither breaks out of its place nor is run', async (text) => {
    const { html, text: plain, subject } = await mailOf(text);
    expect(skeleton(html)).toBe(harmless);
    // Once in the footer, and nowhere because an article asked for it.
    const count = (where: string, what: string) => where.split(what).length - 1;
    expect(count(html, 'ana@example.com')).toBe(1);
    expect(count(plain, 'ana@example.com')).toBe(1);
    expect(subject).not.toContain('ana@example.com');
    const headlines = [...html.matchAll(/<h3[^>]*>(.*?)<\/h3>/gs)].map(([, inside = '']) =>
      convert(inside, { wordwrap: false, selectors: [{ selector: 'a', options: { ignoreHref: true } }] }),
    );
    expect(headlines.map(shown)).toEqual([shown(text), shown(text), shown(text)]);
    expect(shown(plain)).toContain(shown(text));
    expect(subject).not.toMatch(/\p{Cc}/u);
    expect(html + plain).not.toMatch(/[^\P{Cc}\t\n]/u);
  });
});

it('addresses that are not of the web lead nowhere', async () => {
  const digest = await readTemplate('digest');
  const bad = [
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'nonsense',
  ];
  const stories = bad.map((url, index) => article(String(index), { url, image: { url, alt: 'x' } }));
  const { html, text } = await compileEdition(digest, edition(stories));
  for (const url of ['javascript', 'data:text', 'vbscript', 'file:', 'nonsense'])
    expect((html + text).toLowerCase()).not.toContain(url);
  expect(html.match(/<h3[^>]*><a href="#"/g)).toHaveLength(bad.length);
});

it('an address cannot end its attribute', async () => {
  const digest = await readTemplate('digest');
  const url = 'https://site.example/a"onclick="x?<b>&{{links.unsubscribe}}';
  const { html } = await compileEdition(digest, edition([article('1', { url })]));
  expect(html).not.toContain('"onclick');
  expect(html).not.toContain('<b>');
  expect(html).toContain('https://site.example/a%22onclick');
});

it('a person’s name is text, whatever it is', async () => {
  const digest = await readTemplate('digest');
  const personalise = createPersonaliser(
    await compileEdition({ ...digest, subject: 'Hello {{subscriber.firstName}}' }, edition([article('1')])),
  );
  const named = (firstName: string) => personalise({ ...ana, subscriber: { ...ana.subscriber, firstName } });
  const evil = named('<b>{{links.unsubscribe}}</b>\r\nBcc: x@y.z\0 & "Co"');
  expect(evil.html).toContain(
    'Hello &lt;b&gt;{{links.unsubscribe}}&lt;/b&gt; Bcc: x@y.z &amp; &quot;Co&quot;,',
  );
  expect(evil.text).toContain('Hello <b>{{links.unsubscribe}}</b> Bcc: x@y.z & "Co",');
  expect(evil.subject).toBe('Hello <b>{{links.unsubscribe}}</b> Bcc: x@y.z & "Co"');
  expect(named('x'.repeat(5000)).subject.length).toBeLessThanOrEqual(200);
});
