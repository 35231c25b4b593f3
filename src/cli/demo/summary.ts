import { countWords } from '../edition-words.ts';
import { bar } from '../progress.ts';
import type { DemoResult } from './demo.ts';

/** What the demo prints with `--json`. */
export function summaryJson(result: DemoResult, mailboxUrl: string | null) {
  const { edition, sources, status, audit } = result;
  return {
    edition: {
      id: edition.id,
      number: edition.number,
      newsletter: edition.newsletter,
      from: edition.from,
      to: edition.to,
    },
    sources,
    sections: edition.sections.map(({ name, articles }) => ({
      name,
      articles: articles.map(({ title, url }) => ({ title, url })),
    })),
    related: edition.related.length,
    status,
    audit,
    mails: result.mails,
    mailbox: mailboxUrl,
  };
}

/** What the demo tells a person at the end. */
export function summaryLines(result: DemoResult, mailboxUrl: string | null): string {
  const { edition, status, audit, window, newsletter } = result;
  const filled = edition.sections.filter((section) => section.articles.length > 0);
  const sections = filled.flatMap(({ title, articles }) => [
    '',
    `  ${title}`,
    ...articles.map(({ title }) => `    • ${title}`),
  ]);
  const failures = result.sources.flatMap((source) => (source.error === null ? [] : [`  ! ${source.error}`]));
  const sent = status.counts.sent;
  const all = audit.audience ?? 0;
  return [
    '',
    `${newsletter.name}, No. ${edition.number}`,
    ...(window.week ? [] : ['  (the last seven days brought too little: these are the newest pieces)']),
    ...failures,
    ...sections,
    ...(edition.related.length === 0
      ? []
      : ['', `  You may also like: ${edition.related.length} older pieces, each reader gets three`]),
    '',
    `  ${bar(all === 0 ? 0 : sent / all)} ${sent.toLocaleString('en')} of ${all.toLocaleString('en')} sent`,
    `  ${countWords(status.counts)}${status.ratePerSecond === null ? '' : ` · ${status.ratePerSecond} a second`}`,
    audit.whole
      ? `  Audit: whole. Every one of ${all.toLocaleString('en')} subscribers has exactly one recorded outcome.`
      : `  Audit: NOT whole. ${audit.problems.join('; ')}.`,
    '',
    mailboxUrl === null
      ? `  ${result.mails.toLocaleString('en')} mails were delivered by SMTP to the mailbox. To read them: npm run demo -- --keep`
      : `  Read the mails: ${mailboxUrl}   (Ctrl-C ends and removes everything)`,
    '',
  ].join('\n');
}
