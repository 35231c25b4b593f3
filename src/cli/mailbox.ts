import { join } from 'node:path';
import type { Command } from 'commander';
import type { App } from '../app.ts';
import { Problem } from '../ground/errors.ts';
import { type Message, parseMessage } from '../mailbox/message.ts';
import { createMailboxStore, type MailboxStore } from '../mailbox/store.ts';
import type { MailSummary } from '../mailbox/summary.ts';
import { cleanText } from '../rendering/clean-text.ts';
import { type Context, print } from './context.ts';

interface ShowOptions {
  readonly html?: boolean;
  readonly text?: boolean;
  readonly source?: boolean;
  readonly json?: boolean;
}

const MOST_LISTED = 1_000;

function mailboxOf(app: App): MailboxStore {
  return createMailboxStore(join(app.config.DATA_DIR, 'mailbox'));
}

function readLimit(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST_LISTED)
    throw new Problem('bad_input', `--limit must be a whole number from 1 to ${MOST_LISTED}, not "${text}".`);
  return limit;
}

function listLines(mails: readonly MailSummary[], total: number): string {
  if (mails.length === 0) return 'The mailbox is empty.';
  const rest = total > mails.length ? [`${total - mails.length} more.`] : [];
  return [
    ...mails.map(({ id, date, to, subject }) =>
      [id, date.toString({ smallestUnit: 'second' }), to || '-', subject || '-'].join('  '),
    ),
    ...rest,
  ].join('\n');
}

/** What `--json` prints of a mail: the part that was asked for, or all but the source. */
function showResult(id: string, message: Message, source: Buffer, options: ShowOptions): unknown {
  if (options.source) return { id, source: source.toString('utf8') };
  if (options.html) return { id, html: message.html };
  if (options.text) return { id, text: message.text };
  return { id, size: source.length, ...message };
}

/** The part that was asked for; control characters, which a terminal would obey, are taken out. */
function showLines(message: Message, source: Buffer, options: ShowOptions): string {
  if (options.source) return cleanText(source.toString('utf8'));
  if (options.html) return cleanText(message.html ?? '');
  if (options.text) return message.text ?? '';
  const facts = [`From: ${message.from}`, `To: ${message.to}`, `Subject: ${message.subject}`];
  const attached = message.attachments.map(
    ({ name, type, size }) => `Attached: ${name} (${type}, ${size} bytes)`,
  );
  return [...facts, ...attached, '', message.text ?? cleanText(message.html ?? source.toString('utf8'))].join(
    '\n',
  );
}

/** A part that was asked for must be there. */
function assertPart(id: string, message: Message, options: ShowOptions): void {
  if ([options.html, options.text, options.source].filter(Boolean).length > 1)
    throw new Problem('bad_input', 'Name one of --html, --text and --source.');
  if (options.html && message.html === null)
    throw new Problem('not_found', `The mail ${id} has no HTML part. See it with --text or --source.`);
  if (options.text && message.text === null)
    throw new Problem('not_found', `The mail ${id} has no plain-text part. See it with --html or --source.`);
}

async function showMail(mailbox: MailboxStore, id: string, options: ShowOptions) {
  const source = await mailbox.read(id);
  if (source === null)
    throw new Problem(
      'not_found',
      `There is no mail "${cleanText(id).slice(0, 80)}". See: broadsheet mailbox list`,
    );
  const message = await parseMessage(source);
  assertPart(id, message, options);
  return { message, source };
}

/** Registers `mailbox list|show|clear`: the mails that the built-in mailbox has caught. */
export function registerMailboxCommands(program: Command, { io, withApp }: Context): void {
  const group = program.command('mailbox').description('the mails caught where no relay is configured');

  group
    .command('list')
    .description('newest first')
    .option('--limit <n>', `how many, at most ${MOST_LISTED}`, '50')
    .option('--json', 'print {total,mails:[{id,from,to,subject,date,size}]}')
    .action(async (options: { limit: string; json?: boolean }) => {
      const limit = readLimit(options.limit);
      await withApp(async (app) => {
        const mailbox = mailboxOf(app);
        const [{ mails }, total] = await Promise.all([mailbox.list({ limit }), mailbox.count()]);
        print(io, options.json, { total, mails }, () => listLines(mails, total));
      });
    });

  group
    .command('show')
    .argument('<id>', 'as printed by `mailbox list`')
    .description('one mail: who, what, and its text')
    .option('--html', 'the HTML part alone')
    .option('--text', 'the plain-text part alone')
    .option('--source', 'the whole mail as it came')
    .option(
      '--json',
      'print {id,size,from,to,subject,headers,text,html,attachments}, or {id} and the one part',
    )
    .action(async (id: string, options: ShowOptions) => {
      await withApp(async (app) => {
        const { message, source } = await showMail(mailboxOf(app), id, options);
        print(io, options.json, showResult(id, message, source, options), () =>
          showLines(message, source, options),
        );
      });
    });

  group
    .command('clear')
    .description('removes all mails')
    .option('--json', 'print {removed}')
    .action(async (options: { json?: boolean }) => {
      await withApp(async (app) => {
        const removed = await mailboxOf(app).clear();
        print(io, options.json, { removed }, () =>
          removed === 1 ? 'Removed 1 mail.' : `Removed ${removed} mails.`,
        );
      });
    });
}
