import { z } from 'zod';
import type { App } from '../../../src/app.ts';
import { DEFAULT_SECTIONS } from '../../../src/articles/section.ts';
import { startExampleSite } from '../../../src/cli/demo/example-site.ts';
import { collectFeeds } from '../../../src/cli/demo/prepare.ts';
import { approveEdition } from '../../../src/editions/approve.ts';
import { composeEdition } from '../../../src/editions/compose.ts';
import { createEdition } from '../../../src/editions/create.ts';
import { pauseEdition, startSending } from '../../../src/editions/lifecycle.ts';
import type { EditionId } from '../../../src/ground/ids.ts';
import { addNewsletter, type Newsletter } from '../../../src/newsletters/newsletters.ts';

const NO_CHECKS = { checkSchedule: () => {}, checkTimeZone: () => {}, checkTemplate: () => {} };
const WEEK_HOURS = 7 * 24;
/** Articles in each section, so that a mail has 45 KB. */
const LIMITS: Readonly<Record<string, number>> = {
  'latest-updates': 3,
  'in-depth': 2,
  'expert-opinions': 2,
};

/** Adds a newsletter of the digest template. It has no schedule: nothing but the benchmark sends. */
export function addBenchNewsletter(app: App, slug = 'weekly-dose'): Promise<Newsletter> {
  const sections = DEFAULT_SECTIONS.map((section) => ({
    ...section,
    limit: LIMITS[section.name] ?? section.limit,
  }));
  return addNewsletter(
    { db: app.db, ...NO_CHECKS },
    {
      slug,
      name: 'The Weekly Dose',
      from: 'The Weekly Dose <weekly@news.example.com>',
      description: 'Latest updates, in-depth articles and expert opinions on blockchain, once a week.',
      address: 'Example News, 1 Ledger Street, 08001 Barcelona, Spain',
      sections,
    },
  );
}

/**
 * Makes an edition of 45 KB from the example site's articles. Its sending has begun and is paused, so that resuming it
 * starts what is measured.
 * @param addSubscribers called before sending begins: who comes later gets no mail.
 */
export async function makeEdition(
  app: App,
  addSubscribers: (newsletter: Newsletter) => Promise<void>,
): Promise<EditionId> {
  const now = app.clock.now();
  const newsletter = await addBenchNewsletter(app);
  await addSubscribers(newsletter);
  const site = await startExampleSite({ now });
  await collectFeeds(app, newsletter, [site.feedUrl]).finally(() => site.close());
  const from = now.subtract({ hours: WEEK_HOURS });
  const id = await createEdition(app.db, newsletter, { kind: 'manual', from, to: now });
  if (id === null) throw new Error('the edition was not made');
  await composeEdition(app.db, id);
  await approveEdition(app, id, null);
  await startSending(app.db, id);
  await pauseEdition(app.db, id);
  return id;
}

/** What one mail is made of, as it travels to another process. */
export const frozenMail = z.object({
  compiled: z.object({
    subject: z.string(),
    html: z.string(),
    text: z.string(),
    relatedIds: z.array(z.string()),
  }),
  slug: z.string(),
  number: z.number(),
  newsletterName: z.string(),
  fromName: z.string(),
  fromEmail: z.string(),
  webUrl: z.string(),
  newsletterUrl: z.string(),
});
export type FrozenMail = z.output<typeof frozenMail>;

/** Reads what an approved edition keeps. */
export async function frozenMailOf(app: App, id: EditionId): Promise<FrozenMail> {
  const { frozen } = await app.db
    .selectFrom('editions')
    .select('frozen')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return frozenMail.parse(JSON.parse(frozen ?? 'null'));
}
