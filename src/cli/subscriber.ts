import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { App } from '../app.ts';
import { Problem } from '../ground/errors.ts';
import { isId, type SubscriptionId } from '../ground/ids.ts';
import { findNewsletter } from '../newsletters/newsletters.ts';
import { eraseSubscriber } from '../subscribers/erase.ts';
import { exportCsv } from '../subscribers/export-csv.ts';
import { type ImportResult, importCsv } from '../subscribers/import-csv.ts';
import { createKeyHash } from '../subscribers/key-hash.ts';
import { type ListPage, listSubscribers, SUBSCRIPTION_STATES } from '../subscribers/list.ts';
import { NewFile } from '../subscribers/new-file.ts';
import {
  type Added,
  addSubscriber,
  findSubscription,
  type Subscriber,
  showSubscriber,
} from '../subscribers/subscribers.ts';
import { unsubscribe } from '../subscribers/unsubscribe.ts';
import { type Context, type Io, print } from './context.ts';

const MOST_LISTED = 10_000;
const ASK_CONSENT =
  'State how these people agreed to be mailed: add --consent confirmed if each of them asked for this newsletter. Nothing was changed.';

interface Flags {
  newsletter: string;
  json?: boolean;
}

const depsOf = ({ db, secret }: App) => ({ db, keyHash: createKeyHash(secret) });

function addedLine(outcome: Added, email: string, slug: string): string {
  switch (outcome) {
    case 'added':
      return `${email} now gets "${slug}".`;
    case 'updated':
      return `${email} was on the list of "${slug}" already: changed what is new.`;
    case 'unchanged':
      return `${email} is on the list of "${slug}" already, or has left it: nothing was changed.`;
    case 'suppressed':
      return `${email} must not be mailed (suppressed): not added.`;
  }
}

function registerAdd(subscriber: Command, { io, withApp, exit }: Context): void {
  interface AddFlags extends Flags {
    name?: string;
    timezone?: string;
    language?: string;
    topics?: string;
    consent?: string;
  }
  subscriber
    .command('add <email>')
    .description('add one person to a newsletter')
    .requiredOption('--newsletter <slug>', 'which newsletter')
    .option('--consent <confirmed|imported>', 'how it is known that the person agreed')
    .option('--name <name>')
    .option('--timezone <zone>', 'such as Europe/Madrid')
    .option('--language <tag>', 'such as en')
    .option('--topics <a,b>', 'only these topics')
    .option('--json', 'print JSON')
    .action(async (email: string, flags: AddFlags) => {
      const { consent } = flags;
      if (consent !== 'confirmed' && consent !== 'imported') throw new Problem('bad_input', ASK_CONSENT);
      const outcome = await withApp(async (app) =>
        addSubscriber(depsOf(app), {
          newsletterId: (await findNewsletter(app.db, flags.newsletter)).id,
          email: email.trim(),
          name: flags.name ?? null,
          timeZone: flags.timezone ?? null,
          locale: flags.language ?? null,
          topics: (flags.topics ?? '').split(','),
          consent,
          evidence: 'added by command, consent stated by the operator',
        }),
      );
      print(io, flags.json, { email, outcome }, () => addedLine(outcome, email, flags.newsletter));
      if (outcome === 'suppressed') exit(1);
    });
}

function subscriberLines(person: Subscriber): string {
  const { email, name, suppression, subscriptions } = person;
  const about = [name, person.timeZone, person.locale].filter((text) => text !== null).join(' · ');
  const lines = subscriptions.flatMap((one) => [
    `  ${one.newsletter}  ${one.state}${one.topics.length > 0 ? `  (${one.topics.join(', ')})` : ''}`,
    ...one.consents.map(
      ({ at, kind, evidence }) => `    ${at.toString({ smallestUnit: 'second' })}  ${kind}: ${evidence}`,
    ),
  ]);
  const barred = suppression === null ? [] : [`  not mailed: suppressed (${suppression.reason})`];
  return [about === '' ? email : `${email}  ${about}`, ...barred, ...lines].join('\n');
}

function pageLines(page: ListPage): string {
  const lines = page.subscribers.map(({ email, name, state }) =>
    [email, state, name ?? ''].join('  ').trimEnd(),
  );
  const more = page.next === null ? [] : [`More: --after ${page.next}`];
  return lines.length === 0 ? 'Nobody.' : [...lines, ...more].join('\n');
}

function limitOf(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST_LISTED) return limit;
  throw new Problem('bad_input', `--limit must be a whole number from 1 to ${MOST_LISTED}.`);
}

function stateOf(text: string | undefined) {
  const state = SUBSCRIPTION_STATES.find((one) => one === text);
  if (text === undefined || state !== undefined) return state ?? null;
  throw new Problem('bad_input', `--state must be ${SUBSCRIPTION_STATES.join(', ')}.`);
}

function afterOf(text: string | undefined): SubscriptionId | null {
  if (text === undefined) return null;
  if (isId<SubscriptionId>(text)) return text;
  throw new Problem('bad_input', '--after must be the number that the page before ended with.');
}

function registerLooking(subscriber: Command, { io, withApp }: Context): void {
  subscriber
    .command('show <email>')
    .description('everything that is known about one person')
    .option('--json', 'print JSON')
    .action(async (email: string, flags: { json?: boolean }) => {
      const person = await withApp(({ db }) => showSubscriber(db, email.trim()));
      print(io, flags.json, person, () => subscriberLines(person));
    });
  subscriber
    .command('list')
    .description("a page of a newsletter's list")
    .requiredOption('--newsletter <slug>', 'which newsletter')
    .option('--state <state>', `only ${SUBSCRIPTION_STATES.join(', ')}`)
    .option('--limit <n>', 'lines a page', '100')
    .option('--after <id>', 'where the page before ended')
    .option('--json', 'print JSON')
    .action(async (flags: Flags & { state?: string; limit: string; after?: string }) => {
      const of = { state: stateOf(flags.state), limit: limitOf(flags.limit), after: afterOf(flags.after) };
      const page = await withApp(async ({ db }) => {
        const { id } = await findNewsletter(db, flags.newsletter);
        return listSubscribers(db, { newsletterId: id, ...of });
      });
      print(io, flags.json, page, () => pageLines(page));
    });
}

function importLines(result: ImportResult): string {
  const { read, added, updated, unchanged, suppressed, invalid, rejects, warnings } = result;
  return [
    `${read} rows: ${added} added, ${updated} updated, ${unchanged} unchanged, ${suppressed} suppressed, ${invalid} not taken.`,
    ...(rejects === null ? [] : [`Those not taken are in ${rejects}, each with its reason.`]),
    ...warnings,
  ].join('\n');
}

/** A count that overwrites itself, for a person at a terminal only. */
function progressOn(io: Io): { onProgress?: (rows: number) => void; end(): void } {
  if (!io.terminal) return { end: () => {} };
  return { onProgress: (rows) => io.err(`\r${rows} rows imported`), end: () => io.err('\r\u001b[K') };
}

function registerFiles(subscriber: Command, { io, withApp }: Context): void {
  subscriber
    .command('import <file>')
    .description("add a CSV file's people to a newsletter")
    .requiredOption('--newsletter <slug>', 'which newsletter')
    .option('--consent <confirmed>', 'confirmed: each of them asked for this newsletter')
    .option('--json', 'print JSON')
    .action(async (file: string, flags: Flags & { consent?: string }) => {
      if (flags.consent !== 'confirmed') throw new Problem('bad_input', ASK_CONSENT);
      const progress = progressOn(io);
      const result = await withApp(async (app) => {
        const { id } = await findNewsletter(app.db, flags.newsletter);
        const of = { path: resolve(io.cwd, file), newsletterId: id, consent: 'imported' } as const;
        return importCsv({ ...depsOf(app), ...progress }, of);
      }).finally(progress.end);
      print(io, flags.json, result, () => importLines(result));
    });
  subscriber
    .command('export')
    .description("a newsletter's list as CSV")
    .requiredOption('--newsletter <slug>', 'which newsletter')
    .option('--out <file>', 'write there instead of printing')
    .option('--json', 'print JSON about the file; needs --out')
    .action(async (flags: Flags & { out?: string }) => {
      const { out } = flags;
      if (flags.json && out === undefined)
        throw new Problem('bad_input', 'The list itself is CSV: --json needs --out FILE beside it.');
      await withApp(async ({ db }) => {
        const { id } = await findNewsletter(db, flags.newsletter);
        if (out === undefined) await exportCsv(db, id, (text) => io.out(text));
        else {
          const result = await exportTo(resolve(io.cwd, out), (write) => exportCsv(db, id, write));
          print(io, flags.json, result, () => `${result.exported} people are in ${result.file}.`);
        }
      });
    });
}

async function exportTo(path: string, run: (write: (text: string) => Promise<void>) => Promise<number>) {
  const file = new NewFile(path);
  try {
    const exported = await run((text) => file.write(text));
    return { exported, file: await file.finish() };
  } finally {
    await file.discard();
  }
}

function registerLeaving(subscriber: Command, { io, withApp }: Context): void {
  subscriber
    .command('unsubscribe <email>')
    .description('end a subscription at once')
    .requiredOption('--newsletter <slug>', 'which newsletter')
    .option('--json', 'print JSON')
    .action(async (email: string, flags: Flags) => {
      const left = await withApp(async ({ db }) => {
        const { id } = await findNewsletter(db, flags.newsletter);
        const subscription = await findSubscription(db, { newsletterId: id, email: email.trim() });
        return unsubscribe({ db }, subscription, { editionId: null, deliveryId: null, how: 'command' });
      });
      const result = { email: left?.email ?? email, newsletter: flags.newsletter, state: 'unsubscribed' };
      print(io, flags.json, result, () => `${result.email} no longer gets "${flags.newsletter}".`);
    });
  subscriber
    .command('erase <email>')
    .description('erase a person everywhere; only a fingerprint stays, so that nobody brings them back')
    .option('--yes', 'really: this cannot be undone')
    .option('--json', 'print JSON')
    .action(async (email: string, flags: { yes?: boolean; json?: boolean }) => {
      if (!flags.yes)
        throw new Problem(
          'bad_input',
          'Erasing a person cannot be undone. Nothing was erased: add --yes if you mean it.',
        );
      await withApp((app) => eraseSubscriber(depsOf(app), email.trim()));
      print(
        io,
        flags.json,
        { erased: true },
        () => 'Erased. The address stays suppressed, as a fingerprint only.',
      );
    });
}

/** Registers `subscriber add|show|list|import|export|unsubscribe|erase`. */
export function registerSubscriberCommands(program: Command, context: Context): void {
  const subscriber = program.command('subscriber').description('the people on the lists');
  registerAdd(subscriber, context);
  registerLooking(subscriber, context);
  registerFiles(subscriber, context);
  registerLeaving(subscriber, context);
}
