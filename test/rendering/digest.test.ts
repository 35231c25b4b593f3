import { describe, expect, it } from 'vitest';
import { compileEdition } from '../../src/rendering/compile.ts';
import { createPersonaliser } from '../../src/rendering/personalise.ts';
import { readTemplate } from '../../src/rendering/templates.ts';
import { renderWebVersion } from '../../src/rendering/web-version.ts';
import { ana, article, edition, readSample } from './sample.ts';

const { content, recipient } = await readSample();
const digest = await readTemplate('digest');
const compiled = await compileEdition(digest, content);
const mail = createPersonaliser(compiled)(recipient);

function tags(html: string, name: string): string[] {
  return html.replace(/<!--[\s\S]*?-->/g, '').match(new RegExp(`<${name}\\b[^>]*>`, 'g')) ?? [];
}

describe('the digest', () => {
  it('has the subject of its lead story', () => {
    expect(mail.subject).toBe(
      'Chain Dispatch #42: Three rollups agree on one bridge, and fees fall to a four-year low',
    );
  });

  it('keeps the rules of every mail', () => {
    const { html } = mail;
    expect(html).toMatch(/<html lang="en-GB" dir="ltr"/);
    expect(tags(html, 'h1')).toHaveLength(1);
    for (const table of tags(html, 'table')) expect(table).toContain('role="presentation"');
    expect(tags(html, 'img').length).toBeGreaterThan(4);
    for (const image of tags(html, 'img'))
      expect(image).toMatch(/src="https:.*width="\d+" height="\d+" alt="[^"]+"/);
    for (const [, size] of html.matchAll(/font-size: ?(\d+)px/g))
      expect(Number(size) === 0 || Number(size) >= 14 || Number(size) === 1, `font-size ${size}`).toBe(true);
    for (const name of ['script', 'form', 'iframe', 'link', 'base', 'object'])
      expect(tags(html, name)).toEqual([]);
    expect(html).not.toContain('@import');
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('prefers-color-scheme: dark');
  });

  it('says who gets it and why, from where, and how to leave, in both parts', () => {
    for (const part of [mail.html, mail.text]) {
      expect(part).toContain('You get this mail because ana@example.com is subscribed to Chain Dispatch.');
      expect(part).toContain('28004 Madrid, Spain');
      expect(part).toContain(recipient.links.unsubscribe);
      expect(part).toContain(recipient.links.web);
      for (const story of content.sections.flatMap((section) => section.articles)) {
        expect(part).toContain(story.title);
        expect(part).toContain(story.url);
      }
    }
  });

  it('shows of the related candidates those chosen for the subscriber, and no heading without any', () => {
    const titles = content.related.map((story) => story.title);
    for (const part of [mail.html, mail.text]) {
      expect(titles.map((title) => part.includes(title))).toEqual([true, true, false, true]);
      expect(part).toContain('You may also like');
    }
    const none = createPersonaliser(compiled)({ ...recipient, relatedIds: [] });
    for (const part of [none.html, none.text]) {
      expect(titles.some((title) => part.includes(title))).toBe(false);
      expect(part).not.toContain('You may also like');
    }
  });

  it('stays under 60 KB with twelve articles', async () => {
    const story = (id: number) =>
      article(String(id), {
        title: 'A headline of usual length that says what happened',
        excerpt: 'Words of an excerpt. '.repeat(20),
        author: 'Somebody Writing',
        sourceTitle: 'The Site',
        image: { url: `https://site.example/images/2026/03/${id}.jpg`, alt: 'What there is to be seen' },
      });
    const stories = Array.from({ length: 12 }, (_, id) => story(id));
    const sections = [0, 4, 8].map((at) => ({
      name: `s${at}`,
      title: 'Section',
      articles: stories.slice(at, at + 4),
    }));
    const related = Array.from({ length: 12 }, (_, id) => story(100 + id));
    const large = await compileEdition(digest, { ...edition([], related), sections });
    const { html } = createPersonaliser(large)({ ...ana, relatedIds: ['100', '101', '102'] });
    expect(Buffer.byteLength(html)).toBeLessThan(60 * 1024);
  });

  it('does with an edition that has nearly nothing', async () => {
    const bare = edition([article('1', { excerpt: '' })]);
    const { html, text } = await compileEdition(digest, {
      ...bare,
      newsletter: { ...bare.newsletter, address: '', siteUrl: null },
      edition: { ...bare.edition, intro: '' },
      sections: [...bare.sections, { name: 'empty', title: 'Nothing here', articles: [] }],
    });
    expect(text).toContain('Once a week.');
    expect(html + text).not.toContain('Nothing here');
    expect(tags(html, 'img')).toEqual([]);
  });

  it('turns to the right for a language that is written so', async () => {
    const arabic = { ...content, newsletter: { ...content.newsletter, language: 'ar' } };
    const { html } = await compileEdition(digest, arabic);
    expect(html).toMatch(/<html lang="ar" dir="rtl"/);
    expect(html).toContain('text-align:right');
  });
});

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function colours(css: string, property: RegExp): string[] {
  const pattern = new RegExp(`(?<![-\\w])(?:${property.source})[:=] ?"?(#[0-9a-f]{6})`, 'g');
  return [...new Set([...css.matchAll(pattern)].map(([, colour = '']) => colour))];
}

describe('every colour of text stands out from every ground (AA, 4.5 : 1)', () => {
  const [light = '', dark = ''] = digest.body.split('prefers-color-scheme: dark');
  const rest = dark.slice(dark.indexOf('</mj-style>'));
  it.each([
    ['light', light + rest],
    ['dark', dark.slice(0, dark.indexOf('</mj-style>'))],
  ])('%s', (_, css) => {
    const texts = colours(css, /color/);
    const grounds = colours(css, /background-color/);
    expect(texts.length).toBeGreaterThan(3);
    expect(grounds.length).toBeGreaterThan(2);
    for (const text of texts)
      for (const ground of grounds)
        expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  });
});

describe('the web version', () => {
  const page = renderWebVersion(compiled, {
    webUrl: 'https://n.example/n/c/42',
    newsletterUrl: 'https://n.example/n/c',
  });

  it('holds nothing about a subscriber and no token', () => {
    expect(page).not.toContain('{{');
    expect(page).not.toContain('You get this mail');
    expect(page).not.toContain('Hello');
    expect(page).not.toContain('/unsubscribe/');
    expect(page).toContain('href="https://n.example/n/c"');
    expect(page).toContain('Three rollups agree');
  });

  it('shows the first three related pieces', () => {
    expect(content.related.map((story) => page.includes(story.title))).toEqual([true, true, true, false]);
  });
});

describe('readTemplate', () => {
  it('reads the files of a template', () => {
    expect(digest).toMatchObject({ name: 'digest', text: null });
    expect(digest.body).toContain('<mjml');
  });

  it.each(['../package.json', '..', 'a/b', '', 'Digest', 'a\0b', '.'])(
    'refuses the name %j',
    async (name) => {
      await expect(readTemplate(name)).rejects.toMatchObject({ kind: 'bad_input' });
    },
  );

  it('says when there is none', async () => {
    await expect(readTemplate('no-such')).rejects.toMatchObject({ kind: 'not_found' });
  });
});
