import type { Command } from 'commander';
import type { App } from '../app.ts';
import { articlesOf, type Candidate } from '../articles/candidates.ts';
import { Problem } from '../ground/errors.ts';
import { findNewsletter } from '../newsletters/newsletters.ts';
import { type Context, print } from './context.ts';
import { momentOf } from './moment.ts';

interface ListOptions {
  readonly newsletter: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

const shown = (article: Candidate) => ({
  id: article.id,
  happenedAt: article.happenedAt.toString(),
  title: article.title,
  url: article.url,
  author: article.author,
  categories: article.categories,
  words: article.words,
  excerpt: article.excerpt,
  image: article.imageUrl,
  source: article.sourceTitle,
  section: article.section,
});

async function list({ db, clock }: App, options: ListOptions) {
  const { id, timeZone } = await findNewsletter(db, options.newsletter);
  const to = options.to === undefined ? clock.now() : momentOf(options.to, '--to', timeZone);
  const from =
    options.from === undefined ? to.subtract({ hours: 7 * 24 }) : momentOf(options.from, '--from', timeZone);
  if (Temporal.Instant.compare(from, to) > 0)
    throw new Problem('bad_input', `--from ${from} lies after --to ${to}. Change one of them.`);
  const articles = await articlesOf(db, { newsletterId: id, from, to });
  return { from: from.toString(), to: to.toString(), articles: articles.map(shown) };
}

/** Registers `article list`. */
export function registerArticleCommands(program: Command, context: Context): void {
  program
    .command('article')
    .description('what the sources brought')
    .command('list')
    .description(
      'list the articles of a stretch of time, newest first; of the last seven days unless told otherwise',
    )
    .requiredOption('--newsletter <slug>', 'the newsletter')
    .option('--from <iso>', 'not before this moment')
    .option('--to <iso>', 'before this moment')
    .option('--json', 'print {from,to,articles:[…]}')
    .action(async (options: ListOptions) => {
      const result = await context.withApp((app) => list(app, options));
      const lines = () =>
        result.articles
          .map(({ happenedAt, title, url, words }) => `${happenedAt}  ${title} (${words} words)\n  ${url}`)
          .join('\n') || `No articles from ${result.from} to ${result.to}.`;
      print(context.io, options.json, result, lines);
    });
}
