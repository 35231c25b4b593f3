import type { Command } from 'commander';
import type { App } from '../app.ts';
import { parseFeed } from '../feeds/parse.ts';
import { addSource, listSources, removeSource, type Source, sourceUrl } from '../feeds/sources.ts';
import { Problem } from '../ground/errors.ts';
import { findNewsletter, type Newsletter } from '../newsletters/newsletters.ts';
import { type Context, print } from './context.ts';

const shown = (source: Source, newsletter: string) => ({
  id: source.id,
  newsletter,
  url: source.url,
  title: source.title,
  section: source.section,
  state: source.state,
  failures: source.failures,
  fetchedAt: source.fetched_at?.toString() ?? null,
  nextAt: source.next_at.toString(),
  error: source.last_error,
});

type Shown = ReturnType<typeof shown>;

function assertSection(newsletter: Newsletter, name: string): void {
  const names = newsletter.sections.map((section) => section.name);
  if (!names.includes(name))
    throw new Problem(
      'bad_input',
      `"${newsletter.slug}" has no section "${name.slice(0, 100)}". Known: ${names.join(', ')}. Nothing was changed.`,
    );
}

async function add(app: App, url: string, slug: string, section: string | undefined) {
  const newsletter = await findNewsletter(app.db, slug);
  if (section !== undefined) assertSection(newsletter, section);
  const given = { newsletterId: newsletter.id, url, section: section ?? null };
  const { source, added } = await addSource({ db: app.db }, given);
  return { ...shown(source, newsletter.slug), added };
}

async function list({ db }: App, slug: string | undefined): Promise<{ sources: Shown[] }> {
  const only = slug === undefined ? null : (await findNewsletter(db, slug)).id;
  const newsletters = await db.selectFrom('newsletters').select(['id', 'slug']).execute();
  const slugs = new Map(newsletters.map((newsletter) => [newsletter.id, newsletter.slug]));
  const sources = await listSources(db, only);
  return { sources: sources.map((source) => shown(source, slugs.get(source.newsletter_id) ?? '')) };
}

async function remove(app: App, address: string, slug: string | undefined): Promise<Shown> {
  const url = sourceUrl(address);
  const { sources } = await list(app, slug);
  const [source, another] = sources.filter((known) => known.url === url);
  if (source === undefined)
    throw new Problem(
      'not_found',
      `No source has the address ${url}. Nothing was changed. See: broadsheet source list`,
    );
  if (another !== undefined)
    throw new Problem(
      'bad_input',
      `Several newsletters gather from ${url}. Nothing was changed. Say which: --newsletter ${source.newsletter}`,
    );
  await removeSource(app.db, source.id);
  return { ...source, state: 'removed' };
}

async function check(app: App, address: string) {
  const url = sourceUrl(address);
  const answer = await app.fetcher().fetch({ url, etag: null, lastModified: null });
  if (answer.kind === 'unchanged')
    throw new Problem(
      'unavailable',
      `${url} says that nothing changed, though nothing was known of it. Try again.`,
    );
  const feed = parseFeed(answer.bytes, { url: answer.url, contentType: answer.contentType });
  const dates = feed.items.flatMap((item) => item.published ?? item.updated ?? []);
  const newest = dates.toSorted(Temporal.Instant.compare).at(-1) ?? null;
  return { url: answer.url, format: feed.format, title: feed.title, items: feed.items.length, newest };
}

function line(source: Shown): string {
  const section = source.section === null ? '' : ` → ${source.section}`;
  const trouble = source.error === null ? '' : `\n  failed ${source.failures} time(s): ${source.error}`;
  const next = source.state === 'sick' ? `sick, tried again ${source.nextAt}` : `next ${source.nextAt}`;
  return `${source.newsletter}${section}  ${source.url}  (${source.title ?? 'not fetched yet'}; ${next})${trouble}`;
}

/** Registers `source add|list|check|remove`. */
export function registerSourceCommands(program: Command, context: Context): void {
  const { io, withApp } = context;
  const source = program.command('source').description('the feeds that newsletters gather from');
  source
    .command('add <url>')
    .description('add a feed to a newsletter; one that is there already stays as it is')
    .requiredOption('--newsletter <slug>', 'the newsletter')
    .option('--section <name>', 'the section that its articles always go to')
    .option('--json', 'print the source, with added:true|false')
    .action(async (url: string, options: { newsletter: string; section?: string; json?: boolean }) => {
      const result = await withApp((app) => add(app, url, options.newsletter, options.section));
      const sentence = result.added ? 'Added' : 'Already there';
      print(io, options.json, result, () => `${sentence}: ${line(result)}`);
    });
  source
    .command('list')
    .description('list the sources and how they fare')
    .option('--newsletter <slug>', 'only those of this newsletter')
    .option('--json', 'print {sources:[…]}')
    .action(async (options: { newsletter?: string; json?: boolean }) => {
      const result = await withApp((app) => list(app, options.newsletter));
      const lines = () => result.sources.map(line).join('\n') || 'There are no sources yet.';
      print(io, options.json, result, lines);
    });
  source
    .command('check <url>')
    .description('fetch and read a feed, and say what is in it; nothing is stored')
    .option('--json', 'print {url,format,title,items,newest}')
    .action(async (url: string, options: { json?: boolean }) => {
      const result = await withApp((app) => check(app, url));
      const { format, title, items, newest } = result;
      const sentence = `${result.url} is a feed (${format}) “${title ?? 'without title'}”: ${items} item(s), newest ${newest ?? 'without date'}.`;
      print(io, options.json, result, () => sentence);
    });
  source
    .command('remove <url>')
    .description('stop gathering from a feed; its articles stay')
    .option('--newsletter <slug>', 'of which newsletter, when several gather from it')
    .option('--json', 'print the source')
    .action(async (url: string, options: { newsletter?: string; json?: boolean }) => {
      const result = await withApp((app) => remove(app, url, options.newsletter));
      print(io, options.json, result, () => `Removed: ${result.url} from ${result.newsletter}.`);
    });
}
