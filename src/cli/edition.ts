import type { Command } from 'commander';
import type { App } from '../app.ts';
import { auditEdition } from '../deliveries/audit.ts';
import { cancel, resume, retry } from '../deliveries/control.ts';
import { statusOf } from '../deliveries/status.ts';
import { type Arrangement, arrangeEdition } from '../editions/arrange.ts';
import { findEdition, viewEdition } from '../editions/find.ts';
import { pauseEdition } from '../editions/lifecycle.ts';
import { Problem } from '../ground/errors.ts';
import { type ArticleId, type EditionId, isId } from '../ground/ids.ts';
import { print } from './context.ts';
import {
  composeNow,
  deliverMeanwhile,
  listEditions,
  previewFor,
  sendNow,
  waitUntilSent,
} from './edition-actions.ts';
import { auditLines, composedLines, shownEdition, statusLines } from './edition-words.ts';
import type { StoreContext } from './embedded.ts';

interface Json {
  readonly json?: boolean;
}

const ID = 'an edition: its id, or SLUG#NUMBER';

/** Registers `edition …`. */
export function registerEditionCommands(program: Command, context: StoreContext): void {
  const edition = program.command('edition').description('compose, send, watch and prove editions');
  registerMaking(edition, context);
  registerArranging(edition, context);
  registerSending(edition, context);
  registerProof(edition, context);
}

function registerMaking(edition: Command, context: StoreContext): void {
  edition
    .command('compose <slug>')
    .description(
      'make a draft from the articles of a window: at first the last seven days, then since the last regular edition',
    )
    .option('--from <iso>', 'not before this moment')
    .option('--to <iso>', 'before this moment (now)')
    .option('--json', 'print {id,number,state,sections:[{name,articles:[…]}]}')
    .action(async (slug: string, options: Json & { from?: string; to?: string }) => {
      const view = await context.withApp((app) => composeNow(app, slug, options));
      print(context.io, options.json, shownEdition(view), () => composedLines(view));
      if (view.state === 'skipped') context.exit(1);
    });
  edition
    .command('list')
    .description('list editions, newest first')
    .option('--newsletter <slug>', 'of this newsletter only')
    .option('--json', 'print a list')
    .action(async (options: Json & { newsletter?: string }) => {
      const rows = await context.withApp((app) => listEditions(app.db, options.newsletter));
      const line = (row: (typeof rows)[number]) =>
        `${row.id}  ${row.newsletter}#${row.number}  ${row.state}  ${row.to}  ${row.reason ?? ''}`.trimEnd();
      print(
        context.io,
        options.json,
        rows,
        () => rows.map(line).join('\n') || 'No editions yet. Make one: npx broadsheet edition compose SLUG',
      );
    });
  edition
    .command('show <id>')
    .description(`show what it carries (${ID})`)
    .option('--json', 'print {id,number,state,sections:[…],related:[…]}')
    .action(async (id: string, options: Json) => {
      const view = await context.withApp(async (app) => viewEdition(app.db, await findEdition(app.db, id)));
      print(context.io, options.json, shownEdition(view), () => composedLines(view));
    });
  edition
    .command('preview <id>')
    .description('render it as a subscriber would see it; to stdout, or to FILE.html or FILE.eml')
    .option('--subscriber <email>', 'as this subscriber')
    .option('--out <file>', 'write FILE.html or FILE.eml')
    .action(async (id: string, options: { subscriber?: string; out?: string }) => {
      const said = await context.withApp((app) => previewFor(app, id, { ...options, cwd: context.io.cwd }));
      context.io.out(said);
    });
}

function registerArranging(edition: Command, context: StoreContext): void {
  const place = (command: Command) =>
    command
      .option('--section <name>', 'in this section; without it where it is, or the first')
      .option('--position <n>', 'as the n-th, 1 is the first; without it the last')
      .option('--json', 'print the edition');
  const act = async (id: string, options: Json, change: Arrangement) => {
    const view = await context.withApp(async (app) => {
      const found = await findEdition(app.db, id);
      await arrangeEdition(app.db, found, change);
      return viewEdition(app.db, found);
    });
    print(context.io, options.json, shownEdition(view), () => composedLines(view));
  };
  for (const verb of ['pin', 'move'] as const)
    place(edition.command(`${verb} <id> <article>`))
      .description(
        verb === 'pin'
          ? 'put an article in, also one that the rules left out'
          : 'move an article that it carries',
      )
      .action((id: string, article: string, options: Json & PlaceOptions) =>
        act(id, options, { verb, article: articleId(article), place: placeFrom(options) }),
      );
  edition
    .command('drop <id> <article>')
    .description('leave an article out')
    .option('--json', 'print the edition')
    .action((id: string, article: string, options: Json) =>
      act(id, options, { verb: 'drop', article: articleId(article) }),
    );
}

interface PlaceOptions {
  readonly section?: string;
  readonly position?: string;
}

function placeFrom({ section, position }: PlaceOptions) {
  if (position !== undefined && !/^[1-9]\d{0,2}$/.test(position))
    throw new Problem(
      'bad_input',
      `--position "${position}" is no place: say a whole number from 1. Nothing was changed.`,
    );
  return { section, position: position === undefined ? undefined : Number(position) };
}

function articleId(text: string): ArticleId {
  if (isId<ArticleId>(text)) return text;
  throw new Problem(
    'bad_input',
    `"${text.slice(0, 40)}" is no article's id: it is a whole number, as "edition show --json" tells it. Nothing was changed.`,
  );
}

function registerSending(edition: Command, context: StoreContext): void {
  edition
    .command('send <id>')
    .description('approve it and send it, now or at a time')
    .option('--at <iso>', 'not before this moment')
    .option('--wait', 'wait until it is sent')
    .option('--json', 'print the status')
    .action(async (id: string, options: Json & { at?: string; wait?: boolean }) => {
      const status = await context.withApp(async (app) => {
        const edition = await sendNow(app, id, options.at);
        if (options.wait) {
          await deliverMeanwhile(app);
          await waitUntilSent(app, edition, context.io);
        }
        return statusOf(app.db, edition, app.clock.now());
      });
      print(context.io, options.json, status, () => statusLines(status));
      if (options.wait && status.state !== 'sent') context.exit(1);
    });
  const verb = (name: string, description: string, act: (app: App, id: EditionId) => Promise<unknown>) =>
    edition
      .command(`${name} <id>`)
      .description(`${description} (${ID})`)
      .option('--json', 'print the status')
      .action(async (id: string, options: Json) => {
        const status = await context.withApp(async (app) => {
          const found = await findEdition(app.db, id);
          await act(app, found);
          return statusOf(app.db, found, app.clock.now());
        });
        print(context.io, options.json, status, () => statusLines(status));
      });
  verb('pause', 'stop within a second; what is with a server ends', (app, id) => pauseEdition(app.db, id));
  verb('resume', 'go on', (app, id) => resume(app.db, id));
  verb('cancel', 'mail nobody more', (app, id) => cancel(app.db, id));
  verb('retry', 'try its failed deliveries again, and deferred ones at once', (app, id) => retry(app.db, id));
}

function registerProof(edition: Command, context: StoreContext): void {
  edition
    .command('status <id>')
    .description(`counts, rate and when it will be done (${ID})`)
    .option('--json', 'print {state,audience,counts,startedAt,finishedAt,ratePerSecond,eta}')
    .action(async (id: string, options: Json) => {
      const status = await context.withApp(async (app) =>
        statusOf(app.db, await findEdition(app.db, id), app.clock.now()),
      );
      print(context.io, options.json, status, () => statusLines(status));
    });
  edition
    .command('audit <id>')
    .description(`prove that everybody has exactly one recorded outcome; exit 1 unless whole (${ID})`)
    .option('--json', 'print {whole,audience,counts,doubts,unsure,problems}')
    .action(async (id: string, options: Json) => {
      const audit = await context.withApp(async (app) => auditEdition(app.db, await findEdition(app.db, id)));
      print(context.io, options.json, audit, () => auditLines(audit));
      if (!audit.whole) context.exit(1);
    });
}
