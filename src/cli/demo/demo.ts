import { type App, openApp } from '../../app.ts';
import type { Collected } from '../../articles/collect.ts';
import { type Audit, auditEdition } from '../../deliveries/audit.ts';
import { type EditionStatus, statusOf } from '../../deliveries/status.ts';
import { approveEdition } from '../../editions/approve.ts';
import { composeEdition } from '../../editions/compose.ts';
import { createEdition } from '../../editions/create.ts';
import { type EditionView, viewEdition } from '../../editions/find.ts';
import type { Config } from '../../ground/config.ts';
import { Problem } from '../../ground/errors.ts';
import { createLog } from '../../ground/log.ts';
import type { Newsletter } from '../../newsletters/newsletters.ts';
import type { Io } from '../context.ts';
import { waitUntilSent } from '../edition-actions.ts';
import { startExampleSite } from './example-site.ts';
import {
  addExampleNewsletter,
  addExampleSubscribers,
  chooseWindow,
  collectFeeds,
  type DemoWindow,
} from './prepare.ts';

export interface DemoOptions {
  readonly feeds: readonly string[];
  readonly subscribers: number;
  readonly config: Config;
  readonly io: Io;
  /** Ends the demo early. */
  readonly signal: AbortSignal;
}

/** What the demo did. */
export interface DemoResult {
  readonly newsletter: Newsletter;
  readonly sources: readonly Collected[];
  readonly window: DemoWindow;
  readonly edition: EditionView;
  readonly status: EditionStatus;
  readonly audit: Audit;
  readonly mails: number;
}

/** The whole job once: collect, compose, approve, fan out, deliver to the mailbox, prove. The app is left open. */
export async function runDemo(options: DemoOptions): Promise<{ app: App; result: DemoResult }> {
  const { config, io } = options;
  const log = createLog({
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT ?? (io.terminal ? 'pretty' : 'json'),
  });
  const now = Temporal.Now.instant();
  const site = options.feeds.length === 0 ? await startExampleSite({ now }) : null;
  const ours = site === null ? null : new URL(site.origin);
  const allowPrivate = (host: string, port: number) =>
    ours !== null && host === ours.hostname && port === Number(ours.port);
  const app = await openApp(config, log, { allowPrivate });
  if (site !== null) app.closers.add('example site', () => site.close());
  try {
    return { app, result: await doTheJob(app, options, site === null ? options.feeds : [site.feedUrl]) };
  } catch (error) {
    await app.closers.close();
    throw error;
  }
}

async function doTheJob(app: App, options: DemoOptions, feeds: readonly string[]): Promise<DemoResult> {
  const { io, signal } = options;
  const say = (text: string) => {
    signal.throwIfAborted();
    io.err(`${text}\n`);
  };
  say('Mail is not leaving this machine: the built-in mailbox keeps it.');
  const newsletter = await addExampleNewsletter(app);
  await addExampleSubscribers(app, newsletter, options.subscribers);
  say(`${options.subscribers.toLocaleString('en')} subscribers of ${newsletter.name}`);
  const sources = await collectFeeds(app, newsletter, feeds);
  say(
    `${sources.reduce((sum, source) => sum + source.added, 0)} articles collected from ${sources.filter((source) => source.error === null).length} of ${sources.length} feed(s)`,
  );
  const window = await chooseWindow(app, newsletter);
  const edition = await composeDemo(app, newsletter, window);
  say(`Edition ${edition.number} composed; sending …`);
  await approveEdition(app, edition.id, null);
  // Loaded at run time: workers stand to the right of everything.
  const { startDeliver } = await import('../../../workers/deliver.ts');
  await startDeliver(app);
  await waitUntilSent(app, edition.id, io, signal);
  return {
    newsletter,
    sources,
    window,
    edition: await viewEdition(app.db, edition.id),
    status: await statusOf(app.db, edition.id, app.clock.now()),
    audit: await auditEdition(app.db, edition.id),
    mails: await app.mailbox.count(),
  };
}

async function composeDemo(app: App, newsletter: Newsletter, window: DemoWindow): Promise<EditionView> {
  const id = await createEdition(app.db, newsletter, { kind: 'manual', from: window.from, to: window.to });
  if (id === null) throw new Problem('conflict', 'The demo could not make its edition.');
  await composeEdition(app.db, id);
  return viewEdition(app.db, id);
}
