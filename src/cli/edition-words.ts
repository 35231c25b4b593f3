import type { Audit } from '../deliveries/audit.ts';
import type { Counts } from '../deliveries/counts.ts';
import { STATES } from '../deliveries/states.ts';
import type { EditionStatus } from '../deliveries/status.ts';
import type { CarriedArticle, EditionView } from '../editions/find.ts';

const article = ({ id, title, url, excerpt, author, publishedAt }: CarriedArticle) => ({
  id,
  title,
  url,
  excerpt,
  author,
  publishedAt,
});

/** An edition for `--json`. */
export function shownEdition(view: EditionView) {
  return {
    ...view,
    sections: view.sections.map((section) => ({ ...section, articles: section.articles.map(article) })),
    related: view.related.map(article),
  };
}

/** An edition for people: its sections and their articles. */
export function composedLines(view: EditionView): string {
  const head = `${view.newsletter}#${view.number} (edition ${view.id}): ${view.state}${view.reason ? `, ${view.reason}` : ''}`;
  const sections = view.sections.map(({ title, articles }) =>
    [`\n${title} (${articles.length})`, ...articles.map(({ id, title }) => `  • ${title}  (${id})`)].join(
      '\n',
    ),
  );
  const related = view.related.length > 0 ? [`\nYou may also like: ${view.related.length} candidates`] : [];
  return [head, ...sections, ...related].join('\n');
}

/** `1,204 sent · 3 deferred`: the states that anybody is in. */
export function countWords(counts: Counts): string {
  const words = STATES.filter((state) => counts[state] > 0).map(
    (state) => `${counts[state].toLocaleString('en')} ${state}`,
  );
  return words.join(' · ') || 'nobody yet';
}

/** A status for people. */
export function statusLines(status: EditionStatus): string {
  const unsure = status.counts.unsure;
  const decide = status.state === 'sent' && unsure > 0 ? `, ${unsure} to decide` : '';
  const rate = status.ratePerSecond === null ? [] : [`${status.ratePerSecond} a second`];
  const eta = status.eta === null ? [] : [`done about ${status.eta.round('second')}`];
  return [
    `${status.state.replace('_', ' ')}${decide}${status.reason ? `: ${status.reason}` : ''}`,
    `audience ${status.audience ?? 'not fixed yet'} · ${countWords(status.counts)}`,
    ...(status.state === 'approved'
      ? ['Sending begins when a deliver process runs (npx broadsheet start).']
      : []),
    [...rate, ...eta].join(' · '),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** An audit for people. */
export function auditLines(audit: Audit): string {
  return [
    audit.whole ? `Whole: ${audit.audience} subscribers, each with one recorded outcome.` : 'Not whole:',
    ...audit.problems.map((problem) => `  - ${problem}`),
    countWords(audit.counts),
    ...(audit.doubts > 0
      ? [`${audit.doubts} in doubt: sent again after an answer was lost, or answered late`]
      : []),
    ...(audit.unsure > 0
      ? [
          `${audit.unsure} unsure: npx broadsheet delivery list --edition ID --state unsure, then delivery decide ID sent|resend`,
        ]
      : []),
  ].join('\n');
}
