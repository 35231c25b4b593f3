import type { Command } from 'commander';
import type { App } from '../app.ts';
import { type Collected, collectNewsletter } from '../articles/collect.ts';
import { collectDeps } from '../jobs.ts';
import { findNewsletter } from '../newsletters/newsletters.ts';
import { type Context, print } from './context.ts';

function outcome(source: Collected): string {
  switch (source.status) {
    case 'failed':
      return `failed: ${source.error}`;
    case 'unchanged':
      return 'nothing new since the last time';
    case 'fetched':
      return `${source.added} new, ${source.updated} changed, ${source.unchanged} as before`;
  }
}

function summary(sources: readonly Collected[]): string {
  if (sources.length === 0)
    return 'There are no sources yet. Add one: broadsheet source add URL --newsletter SLUG';
  const added = sources.reduce((sum, source) => sum + source.added, 0);
  const failed = sources.filter((source) => source.status === 'failed').length;
  const lines = sources.map((source) => `${source.url}\n  ${outcome(source)}`);
  const end = `${added} new article(s) from ${sources.length} source(s)${failed > 0 ? `, ${failed} of which failed` : ''}.`;
  return [...lines, end].join('\n');
}

async function collect(app: App, slug: string | undefined): Promise<{ sources: Collected[] }> {
  const newsletterId = slug === undefined ? null : (await findNewsletter(app.db, slug)).id;
  return collectNewsletter(collectDeps(app), newsletterId);
}

/** Registers `collect`, which fetches the sources now. */
export function registerCollectCommands(program: Command, context: Context): void {
  program
    .command('collect')
    .description('fetch all sources now, due or not, and take in their articles')
    .option('--newsletter <slug>', 'only the sources of this newsletter')
    .option('--json', 'print {sources:[{url,status,added,updated,unchanged,error}]}')
    .action(async (options: { newsletter?: string; json?: boolean }) => {
      const result = await context.withApp((app) => collect(app, options.newsletter));
      print(context.io, options.json, result, () => summary(result.sources));
      const { sources } = result;
      if (sources.length > 0 && sources.every((source) => source.status === 'failed')) context.exit(1);
    });
}
