import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { messageOf, Problem } from '../ground/errors.ts';
import {
  addNewsletter,
  findNewsletter,
  listNewsletters,
  type Newsletter,
  removeNewsletter,
  setNewsletter,
} from '../newsletters/newsletters.ts';
import type { Checks, NewsletterSettings } from '../newsletters/settings.ts';
import { readTemplate } from '../rendering/templates.ts';
import { parseCron, parseTimeZone } from '../schedule/cron.ts';
import { type Context, print } from './context.ts';

interface Flags {
  slug?: string;
  name?: string;
  from?: string;
  replyTo?: string;
  schedule?: string;
  timezone?: string;
  template?: string;
  review?: string;
  minArticles?: string;
  description?: string;
  site?: string;
  address?: string;
  language?: string;
  unsure?: string;
  sections?: string;
  json?: boolean;
}

const checks: Checks = {
  checkSchedule: (expression) => void parseCron(expression),
  checkTimeZone: (zone) => void parseTimeZone(zone),
  checkTemplate: async (name) => void (await readTemplate(name)),
};

const emptied = (text: string | undefined) => (text === '' || text === 'none' ? null : text);

async function readSectionsFile(cwd: string, file: string | undefined): Promise<unknown> {
  if (file === undefined) return undefined;
  try {
    return JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
  } catch (error) {
    throw new Problem(
      'bad_input',
      `The sections in ${file} cannot be read (${messageOf(error)}). Nothing was saved.`,
      {
        cause: error,
      },
    );
  }
}

async function settingsOf(cwd: string, flags: Flags): Promise<NewsletterSettings> {
  return {
    name: flags.name,
    from: flags.from,
    replyTo: emptied(flags.replyTo),
    schedule: emptied(flags.schedule),
    timeZone: flags.timezone,
    template: flags.template,
    review: flags.review,
    minArticles: flags.minArticles,
    description: flags.description,
    siteUrl: emptied(flags.site),
    address: flags.address,
    language: flags.language,
    unsurePolicy: flags.unsure,
    sections: await readSectionsFile(cwd, flags.sections),
  };
}

/** The slug as an argument or as `--slug`. */
function slugOf(argument: string | undefined, flags: Flags): string {
  const slug = argument ?? flags.slug;
  if (slug === undefined) throw new Problem('bad_input', 'Say which newsletter: give its slug.');
  if (flags.slug !== undefined && flags.slug !== slug)
    throw new Problem(
      'bad_input',
      `Both "${slug}" and --slug "${flags.slug}" are given: keep one. A slug never changes.`,
    );
  return slug;
}

function linesOf(newsletter: Newsletter): string {
  const { name, slug, fromName, fromEmail, replyTo, schedule, timeZone, review, sections } = newsletter;
  const rows = [
    ['from', `${fromName} <${fromEmail}>`],
    ['reply to', replyTo ?? '–'],
    ['schedule', schedule === null ? 'by hand only' : `${schedule} (${timeZone})`],
    [
      'review',
      review === 'none' ? 'none: editions go out by themselves' : 'required before an edition goes out',
    ],
    ['template', `${newsletter.template}, language ${newsletter.language}`],
    ['at least', `${newsletter.minArticles} article${newsletter.minArticles === 1 ? '' : 's'}`],
    ['unsure mails', newsletter.unsurePolicy === 'hold' ? 'held for a decision' : 'sent again'],
    ['sections', sections.map((section) => `${section.title} (${section.limit})`).join(', ')],
    ['site', newsletter.siteUrl ?? '–'],
    ['address', newsletter.address.replaceAll('\n', ', ') || '–'],
  ];
  return [`${name} (${slug})`, ...rows.map(([label = '', text = '']) => `  ${label.padEnd(14)}${text}`)].join(
    '\n',
  );
}

function withSettings(command: Command): Command {
  return command
    .option('--from <sender>', 'who it comes from: "Name <news@example.com>"')
    .option('--reply-to <address>', 'where answers go; none: to the sender')
    .option('--schedule <cron>', 'when editions are made, such as "0 9 * * 1"; none: by hand only')
    .option('--timezone <zone>', 'where those hours are meant, such as Europe/Madrid')
    .option('--template <name>', 'the template of its editions')
    .option('--review <none|required>', 'whether a person approves each edition')
    .option('--min-articles <n>', 'an edition with fewer is skipped')
    .option('--description <text>', 'a sentence about it')
    .option('--site <url>', "the publisher's site; none: without")
    .option('--address <text>', "the publisher's postal address")
    .option('--language <tag>', 'such as en or pt-BR')
    .option('--unsure <resend|hold>', 'what happens to a mail whose answer was lost')
    .option('--sections <file>', 'a JSON file with the sections and their rules')
    .option('--json', 'print JSON');
}

function registerChanges(newsletter: Command, { io, withApp }: Context): void {
  withSettings(newsletter.command('add').description('add a newsletter'))
    .requiredOption('--slug <slug>', 'its name in addresses: lower-case letters, digits and -')
    .requiredOption('--name <name>', 'its name for readers')
    .action(async (flags: Flags & { slug: string; name: string }) => {
      const { slug, name, from } = flags;
      if (from === undefined)
        throw new Problem('bad_input', 'Say who it comes from: --from "Name <news@example.com>".');
      const settings = await settingsOf(io.cwd, flags);
      const added = await withApp(({ db }) =>
        addNewsletter({ db, ...checks }, { ...settings, slug, name, from }),
      );
      print(io, flags.json, added, () => `Added.\n${linesOf(added)}`);
    });
  withSettings(newsletter.command('set [slug]').description('change what is given, and nothing else'))
    .option('--slug <slug>', 'which newsletter')
    .option('--name <name>', 'its name for readers')
    .action(async (argument: string | undefined, flags: Flags) => {
      const slug = slugOf(argument, flags);
      const settings = await settingsOf(io.cwd, flags);
      if (Object.values(settings).every((value) => value === undefined))
        throw new Problem(
          'bad_input',
          'Say what to change, for example --schedule "0 9 * * 1". Nothing was saved.',
        );
      const changed = await withApp(({ db }) => setNewsletter({ db, ...checks }, slug, settings));
      print(io, flags.json, changed, () => `Saved.\n${linesOf(changed)}`);
    });
  newsletter
    .command('remove [slug]')
    .description('take it off every list and schedule; its editions and their ledger stay')
    .option('--slug <slug>', 'which newsletter')
    .option('--json', 'print JSON')
    .action(async (argument: string | undefined, flags: Flags) => {
      const removed = await withApp(({ db }) => removeNewsletter(db, slugOf(argument, flags)));
      print(
        io,
        flags.json,
        removed,
        () => `Removed ${removed.name} (${removed.slug}). Its editions and their ledger stay.`,
      );
    });
}

/** Registers `newsletter add|list|show|set|remove`. */
export function registerNewsletterCommands(program: Command, context: Context): void {
  const { io, withApp } = context;
  const newsletter = program.command('newsletter').description('the publications that people subscribe to');
  registerChanges(newsletter, context);
  newsletter
    .command('list')
    .description('all newsletters')
    .option('--json', 'print JSON')
    .action(async (flags: Flags) => {
      const newsletters = await withApp(({ db }) => listNewsletters(db));
      print(io, flags.json, newsletters, () =>
        newsletters.length === 0
          ? 'There are no newsletters yet: add one with broadsheet newsletter add.'
          : newsletters
              .map(({ slug, name, schedule, timeZone }) =>
                [slug, name, schedule === null ? 'by hand only' : `${schedule} (${timeZone})`].join('  '),
              )
              .join('\n'),
      );
    });
  newsletter
    .command('show [slug]')
    .description('one newsletter with all its settings')
    .option('--slug <slug>', 'which newsletter')
    .option('--json', 'print JSON')
    .action(async (argument: string | undefined, flags: Flags) => {
      const found = await withApp(({ db }) => findNewsletter(db, slugOf(argument, flags)));
      print(io, flags.json, found, () => linesOf(found));
    });
}
