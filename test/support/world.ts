import { onTestFinished } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { collectNewsletter } from '../../src/articles/collect.ts';
import { type Audit, auditEdition } from '../../src/deliveries/audit.ts';
import { approveEdition } from '../../src/editions/approve.ts';
import { composeEdition } from '../../src/editions/compose.ts';
import { createEdition } from '../../src/editions/create.ts';
import { addSource } from '../../src/feeds/sources.ts';
import { readConfig } from '../../src/ground/config.ts';
import type { EditionId } from '../../src/ground/ids.ts';
import { createLog } from '../../src/ground/log.ts';
import { collectDeps } from '../../src/jobs.ts';
import type { NewNewsletter, Newsletter } from '../../src/newsletters/newsletters.ts';
import { addNewsletter } from '../../src/newsletters/newsletters.ts';
import { addBatch } from '../../src/subscribers/add-batch.ts';
import { parseEmail } from '../../src/subscribers/email.ts';
import { createKeyHash } from '../../src/subscribers/key-hash.ts';
import { startDeliver } from '../../workers/deliver.ts';
import { type Backend, makePlace, type TestPlace } from './backends.ts';
import { type FeedServer, startFeedServer } from './feed-server.ts';
import { type SmtpServer, startSmtpServer } from './smtp-server.ts';

/** Short intervals, so that what takes minutes in life takes moments in a test. */
const QUICK = {
  BEAT_SECONDS: '1',
  RUN_DEAD_SECONDS: '3',
  SWEEP_SECONDS: '1',
  REOFFER_SECONDS: '2',
  QUEUE_LOCK_SECONDS: '2',
  STOP_SECONDS: '20',
  ALLOW_PRIVATE_FEEDS: 'true',
};

/** A feed, a newsletter, a relay and a database of a test's own: everything real. */
export interface World {
  /** The app of this process, while it is entered. */
  readonly app: App;
  /** Closes the app, so that another process may have an embedded database. */
  leave(): Promise<void>;
  enter(): Promise<void>;
  readonly place: TestPlace;
  /** The settings of `app`, for child processes. */
  readonly env: Readonly<Record<string, string>>;
  readonly feed: FeedServer;
  readonly smtp: SmtpServer;
  readonly newsletter: Newsletter;
  /** Adds `reader-1@example.com` and so on. */
  addReaders(count: number): Promise<void>;
  collect(): ReturnType<typeof collectNewsletter>;
  /** Composes and approves an edition; it is sent as soon as somebody delivers. */
  approved(): Promise<EditionId>;
  /** Delivers in this process until the test ends. */
  deliver(): Promise<void>;
  stateOf(id: EditionId): Promise<string>;
  audit(id: EditionId): Promise<Audit>;
}

/** An RSS feed of so many articles, an hour apart, the newest an hour old. */
export function rss(titles: readonly string[], now = Temporal.Now.instant()): string {
  const items = titles.map((title, index) => {
    const at = new Date(now.subtract({ hours: index + 1 }).epochMilliseconds).toUTCString();
    const category = ['news', 'in-depth', 'opinion'][index % 3];
    return `<item><title>${title}</title><link>https://news.example/${encodeURIComponent(title)}</link><guid isPermaLink="false">${title}</guid>
      <category>${category}</category><pubDate>${at}</pubDate><description>About ${title}: what happened, and what it means.</description></item>`;
  });
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>https://news.example/</link>${items.join('')}</channel></rss>`;
}

const NO_CHECKS = { checkSchedule: () => {}, checkTimeZone: () => {}, checkTemplate: () => {} };

/** Makes a world; everything in it is closed when the test ends. */
export async function makeWorld(
  backend: Backend,
  options: { newsletter?: Partial<NewNewsletter>; env?: Record<string, string> } = {},
): Promise<World> {
  const place = await makePlace(backend);
  const feed = await startFeedServer();
  const smtp = await startSmtpServer();
  feed.on('/feed.xml', {
    body: rss(['Alpha', 'Beta', 'Gamma', 'Delta']),
    headers: { 'content-type': 'application/rss+xml' },
  });
  const env = {
    ...place.env,
    ...QUICK,
    SMTP_URL: `smtp://127.0.0.1:${smtp.port}?connections=4`,
    ...options.env,
  };
  const log = createLog({ level: process.env.TEST_LOG ?? 'silent', format: 'json' });
  let app = await openApp(readConfig(env), log);
  onTestFinished(async () => {
    await app.closers.close();
    await Promise.all([feed.close(), smtp.close()]);
    await place.remove();
  });
  const newsletter = await addNewsletter(
    { db: app.db, ...NO_CHECKS },
    { slug: 'weekly', name: 'Weekly', from: 'Weekly <news@news.example>', ...options.newsletter },
  );
  await addSource(app, { newsletterId: newsletter.id, url: `${feed.origin}/feed.xml`, section: null });
  const collect = () => collectNewsletter(collectDeps(app), newsletter.id);
  return {
    get app() {
      return app;
    },
    leave: () => app.closers.close(),
    async enter() {
      app = await openApp(readConfig(env), log);
    },
    place,
    env,
    feed,
    smtp,
    newsletter,
    collect,
    async addReaders(count) {
      const people = Array.from({ length: count }, (_, index) => ({
        ...parseEmail(`reader-${index + 1}@example.com`),
        name: `Reader ${index + 1}`,
        locale: null,
        timeZone: null,
        topics: [],
        evidence: 'test',
      }));
      await addBatch(
        { db: app.db, keyHash: createKeyHash(app.secret) },
        { newsletterId: newsletter.id, consent: 'confirmed', people },
      );
    },
    async approved() {
      await collect();
      const id = await createEdition(app.db, newsletter, { kind: 'manual', from: null, to: app.clock.now() });
      if (id === null) throw new Error('no edition was made');
      await composeEdition(app.db, id);
      await approveEdition(app, id, null);
      return id;
    },
    deliver: () => startDeliver(app),
    stateOf: async (id) =>
      (await app.db.selectFrom('editions').select('state').where('id', '=', id).executeTakeFirstOrThrow())
        .state,
    audit: (id) => auditEdition(app.db, id),
  };
}

/** The addresses that a server accepted mail for, sorted. */
export function recipients(smtp: SmtpServer): string[] {
  return smtp.received.map((mail) => mail.to).sort();
}

/** `reader-1@example.com` … sorted as {@link recipients} are. */
export function readers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `reader-${index + 1}@example.com`).sort();
}

/** Time for a busy machine; a passing test never waits so long. */
export const SOON = { timeout: 100_000, interval: 50 };
