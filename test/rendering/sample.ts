import { readFile } from 'node:fs/promises';
import type { ArticleContent, EditionContent, Recipient, TemplateSource } from '../../src/rendering/types.ts';

/** The digest's own sample: a whole edition and somebody who gets it. */
export async function readSample(): Promise<{ content: EditionContent; recipient: Recipient }> {
  const url = new URL('../../templates/digest/sample.json', import.meta.url);
  const { recipient, ...content } = JSON.parse(await readFile(url, 'utf8'));
  return { content, recipient };
}

export function article(id: string, changes: Partial<ArticleContent> = {}): ArticleContent {
  return {
    id,
    title: `Title ${id}`,
    url: `https://site.example/${id}`,
    excerpt: `Excerpt ${id}.`,
    author: null,
    publishedAt: '2026-03-01T09:00:00Z',
    image: null,
    readingMinutes: 3,
    sourceTitle: null,
    ...changes,
  };
}

/** A small edition of one section; `related` are ids. */
export function edition(articles: ArticleContent[], related: ArticleContent[] = []): EditionContent {
  return {
    newsletter: {
      slug: 'weekly',
      name: 'The Weekly',
      language: 'en-GB',
      timeZone: 'Europe/Madrid',
      description: 'Once a week.',
      address: 'Street 1\nTown',
      siteUrl: 'https://site.example/',
    },
    edition: {
      number: 7,
      date: '2026-03-08T23:30:00Z',
      intro: 'First.\n\nSecond.',
      webUrl: 'https://news.example/n/weekly/7',
      archiveUrl: 'https://news.example/n/weekly',
    },
    sections: [{ name: 'latest', title: 'Latest', articles }],
    related,
  };
}

export const ana: Recipient = {
  subscriber: { email: 'ana@example.com', name: 'Ana Ruiz', firstName: 'Ana' },
  links: { unsubscribe: 'https://news.example/unsubscribe/TOKEN', web: 'https://news.example/n/weekly/7' },
  relatedIds: [],
};

/** A template around what goes into one `mj-text`. */
export function textTemplate(inside: string, subject = 'Subject'): TemplateSource {
  return template(`<mj-section><mj-column><mj-text>${inside}</mj-text></mj-column></mj-section>`, subject);
}

/** A template around what goes into `mj-body`, which begins on line 3. */
export function template(body: string, subject = 'Subject'): TemplateSource {
  return { name: 'trial', body: `<mjml>\n<mj-body>\n${body}\n</mj-body>\n</mjml>\n`, subject, text: null };
}
