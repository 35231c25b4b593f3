import type { App } from '../../app.ts';
import { articlesOf, type Candidate } from '../../articles/candidates.ts';
import { type Collected, collectNewsletter } from '../../articles/collect.ts';
import { addSource } from '../../feeds/sources.ts';
import { Problem } from '../../ground/errors.ts';
import { collectDeps } from '../../jobs.ts';
import { addNewsletter, type Newsletter } from '../../newsletters/newsletters.ts';
import { readTemplate } from '../../rendering/templates.ts';
import { parseCron, parseTimeZone } from '../../schedule/cron.ts';
import { addBatch } from '../../subscribers/add-batch.ts';
import { parseEmail } from '../../subscribers/email.ts';
import { createKeyHash } from '../../subscribers/key-hash.ts';
import { exampleSubscribers } from './example-subscribers.ts';

const BATCH = 1_000;
const WEEK_HOURS = 7 * 24;
/** A feed with fewer pieces this week shows more of a digest with its newest dozen. */
const FEW = 3;
const DOZEN = 12;

/** The example newsletter, with the sections that the sign-up block promises. */
export async function addExampleNewsletter(app: App): Promise<Newsletter> {
  const checks = {
    checkSchedule: (text: string) => void parseCron(text),
    checkTimeZone: (text: string) => void parseTimeZone(text),
    checkTemplate: async (name: string) => void (await readTemplate(name)),
  };
  return addNewsletter(
    { db: app.db, ...checks },
    {
      slug: 'weekly-dose',
      name: 'The Weekly Dose',
      from: 'The Weekly Dose <weekly@news.example.com>',
      description: 'Latest updates, in-depth articles and expert opinions on blockchain, once a week.',
      address: 'Example News, 1 Ledger Street, 08001 Barcelona, Spain',
      schedule: '0 9 * * 1',
      timeZone: 'Europe/Madrid',
      review: 'none',
    },
  );
}

/** Adds example subscribers; all have said yes. */
export async function addExampleSubscribers(app: App, newsletter: Newsletter, count: number): Promise<void> {
  const keyHash = createKeyHash(app.secret);
  const people = Array.from(exampleSubscribers(count), (person) => ({
    ...parseEmail(person.email),
    name: person.name,
    locale: null,
    timeZone: person.timeZone,
    topics: person.topics,
    evidence: 'example subscriber of the demo',
  }));
  for (let start = 0; start < people.length; start += BATCH) {
    const batch = people.slice(start, start + BATCH);
    await addBatch(
      { db: app.db, keyHash },
      { newsletterId: newsletter.id, consent: 'confirmed', people: batch },
    );
  }
}

/**
 * Adds the feeds and fetches them.
 * @throws Problem (`unavailable`) when none of them gave an article.
 */
export async function collectFeeds(
  app: App,
  newsletter: Newsletter,
  urls: readonly string[],
): Promise<readonly Collected[]> {
  for (const url of urls) await addSource(app, { newsletterId: newsletter.id, url, section: null });
  const { sources } = await collectNewsletter(collectDeps(app), newsletter.id);
  if (sources.some((source) => source.added > 0)) return sources;
  const why = sources.map((source) => source.error ?? `${source.url} holds no articles.`).join('\n');
  throw new Problem('unavailable', `There is nothing to make a digest of; nothing was sent.\n${why}`);
}

/** The stretch of time that the demo's edition covers. */
export interface DemoWindow {
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  /** False when the week brought too little, and the newest pieces were taken instead. */
  readonly week: boolean;
}

/** The last seven days; for a feed that was quiet, the time of its newest pieces. */
export async function chooseWindow(app: App, newsletter: Newsletter): Promise<DemoWindow> {
  const now = app.clock.now();
  const weekAgo = now.subtract({ hours: WEEK_HOURS });
  const all = await articlesOf(app.db, {
    newsletterId: newsletter.id,
    from: Temporal.Instant.fromEpochMilliseconds(0),
    to: now,
  });
  const thisWeek = all.filter((article) => Temporal.Instant.compare(article.happenedAt, weekAgo) >= 0);
  const newest = all[0];
  if (thisWeek.length >= FEW || newest === undefined) return { from: weekAgo, to: now, week: true };
  return { from: oldestOf(all, newest), to: newest.happenedAt.add({ seconds: 1 }), week: false };
}

function oldestOf(all: readonly Candidate[], newest: Candidate): Temporal.Instant {
  return (all.slice(0, DOZEN).at(-1) ?? newest).happenedAt;
}
