import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { total } from '../deliveries/counts.ts';
import { statusOf } from '../deliveries/status.ts';
import { approveEdition, previewEdition } from '../editions/approve.ts';
import { composeEdition } from '../editions/compose.ts';
import { createEdition } from '../editions/create.ts';
import { type EditionView, findEdition, viewEdition } from '../editions/find.ts';
import { setSendTime } from '../editions/lifecycle.ts';
import { Problem } from '../ground/errors.ts';
import type { EditionId } from '../ground/ids.ts';
import { findNewsletter, newsletterById } from '../newsletters/newsletters.ts';
import { editionHeaders } from '../rendering/headers.ts';
import { buildMessage } from '../rendering/message.ts';
import { createPersonaliser } from '../rendering/personalise.ts';
import type { Database } from '../store/database.ts';
import { showSubscriber } from '../subscribers/subscribers.ts';
import type { Io } from './context.ts';
import { momentOf } from './moment.ts';
import { bar } from './progress.ts';

/** Makes a draft for a newsletter and fills it. */
export async function composeNow(
  app: App,
  slug: string,
  window: { from?: string; to?: string },
): Promise<EditionView> {
  const newsletter = await findNewsletter(app.db, slug);
  const to = window.to === undefined ? app.clock.now() : momentOf(window.to, '--to', newsletter.timeZone);
  const from = window.from === undefined ? null : momentOf(window.from, '--from', newsletter.timeZone);
  if (from !== null && Temporal.Instant.compare(from, to) > 0)
    throw new Problem(
      'bad_input',
      `--from ${from} lies after --to ${to}. Nothing was made. Change one of them.`,
    );
  const id = await createEdition(app.db, newsletter, { kind: 'manual', from, to });
  if (id === null) throw new Problem('conflict', 'The edition exists already. Nothing was changed.');
  await composeEdition(app.db, id);
  return viewEdition(app.db, id);
}

/** Editions, newest first; the last 200. */
export async function listEditions(db: Database, slug: string | undefined) {
  const newsletter = slug === undefined ? null : await findNewsletter(db, slug);
  return db
    .selectFrom('editions as e')
    .innerJoin('newsletters as n', 'n.id', 'e.newsletter_id')
    .select([
      'e.id',
      'n.slug as newsletter',
      'e.number',
      'e.kind',
      'e.state',
      'e.reason',
      'e.from_at as from',
      'e.to_at as to',
      'e.audience',
    ])
    .$if(newsletter !== null, (query) => query.where('n.slug', '=', slug ?? ''))
    .orderBy('e.id', 'desc')
    .limit(200)
    .execute();
}

/**
 * Approves an edition; the deliver process starts it when its time has come. Doing it twice is no error: an approved one
 * gets the time that was named last, one that is being sent or was sent stays as it is.
 */
export async function sendNow(app: App, name: string, at: string | undefined): Promise<EditionId> {
  const id = await findEdition(app.db, name);
  const { state, timeZone } = await stateAndZone(app, id);
  if (state === 'sending' || state === 'sent') return id;
  const sendAt = at === undefined ? null : momentOf(at, '--at', timeZone);
  if (state === 'approved') await setSendTime(app.db, id, sendAt);
  else await approveEdition(app, id, sendAt);
  return id;
}

async function stateAndZone(app: App, id: EditionId) {
  const { state, newsletterId } = await viewEdition(app.db, id);
  return { state, timeZone: (await newsletterById(app.db, newsletterId)).timeZone };
}

/**
 * Delivers in this process while a command waits, when nobody else can: an embedded database has no other process, and
 * this one is no started Broadsheet. It ends with the command.
 */
export async function deliverMeanwhile(app: App): Promise<void> {
  if (!app.config.embedded || app.delivering) return;
  // Loaded at run time: workers stand to the right of everything.
  const { startDeliver } = await import('../../workers/deliver.ts');
  await startDeliver(app);
}

const LOOK_MS = 250;

/**
 * Waits until an edition is sent, or ends otherwise, with a progress bar on a terminal.
 * @throws the reason of `signal` when that aborts.
 */
export async function waitUntilSent(app: App, id: EditionId, io: Io, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const { state, counts, audience } = await statusOf(app.db, id, app.clock.now());
    const open = counts.queued + counts.deferred + counts.sending;
    const all = total(counts);
    if (io.terminal && audience !== null)
      io.err(`\r${bar(all === 0 ? 0 : (all - open) / all)} ${all - open}/${all} `);
    if (state !== 'approved' && state !== 'sending') {
      if (io.terminal) io.err('\n');
      return;
    }
    signal?.throwIfAborted();
    await sleep(LOOK_MS);
  }
}

/** Renders an edition for a subscriber (or nobody in particular), to a file or as text to print. */
export async function previewFor(
  app: App,
  name: string,
  options: { subscriber?: string; out?: string; cwd: string },
): Promise<string> {
  const id = await findEdition(app.db, name);
  const view = await viewEdition(app.db, id);
  const newsletter = await newsletterById(app.db, view.newsletterId);
  const compiled = await previewEdition(app, id);
  const person = options.subscriber === undefined ? null : await showSubscriber(app.db, options.subscriber);
  const email = person?.email ?? 'reader@example.com';
  const web = app.links.edition(newsletter.slug, view.number);
  const help = app.links.newsletter(newsletter.slug);
  const mail = createPersonaliser(compiled)({
    subscriber: { email, name: person?.name ?? null, firstName: person?.name?.split(/\s+/)[0] ?? null },
    links: { unsubscribe: help, web },
    relatedIds: compiled.relatedIds.slice(0, 3),
  });
  if (options.out === undefined) return mail.html;
  const file = resolve(options.cwd, options.out);
  const domain = newsletter.fromEmail.split('@').at(-1) ?? '';
  const eml = () =>
    buildMessage({
      mail,
      from: { name: newsletter.fromName, address: newsletter.fromEmail },
      replyTo: newsletter.replyTo,
      to: { name: person?.name ?? null, address: email },
      date: new Date(app.clock.now().epochMilliseconds),
      messageId: `<preview.${id}@${domain}>`,
      headers: editionHeaders({
        newsletter,
        domain,
        editionNumber: view.number,
        unsubscribe: { https: help, mailto: null },
        archive: web,
        help,
        install: domain,
      }),
    });
  if (!/\.(html|eml)$/.test(file))
    throw new Problem('bad_input', '--out must end in .html or .eml. Nothing was written.');
  await writeFile(file, file.endsWith('.eml') ? await eml() : mail.html);
  return `Written: ${file}\n`;
}
