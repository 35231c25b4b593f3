import { sql } from 'kysely';
import { z } from 'zod';
import { resume } from '../../src/deliveries/control.ts';
import type { EditionId } from '../../src/ground/ids.ts';
import type { Newsletter } from '../../src/newsletters/newsletters.ts';
import type { Database } from '../../src/store/database.ts';
import { type BenchContext, type Benchmark, type Measured, NO_SERVERS, timed } from './bench.ts';
import { runScript } from './support/children.ts';
import { makeEdition } from './support/edition.ts';
import { inPlace, type Place, withApp } from './support/place.ts';

const SUBSCRIBERS = 100_000;
/** The size that the goal in seconds speaks of. */
const MILLION = 1_000_000;
const SCRIPT = new URL('./fan-out-process.ts', import.meta.url);

const answer = z.object({
  fanOutSeconds: z.number(),
  feedSeconds: z.number(),
  offered: z.int(),
  startMegabytes: z.number(),
  peakMegabytes: z.number(),
});

/** Active subscriptions, made in the database itself: how they come in is another benchmark's matter. */
async function addSubscriptions(db: Database, newsletter: Newsletter, count: number): Promise<void> {
  await sql`
    with people as (
      insert into subscribers (email, email_key, key_hash, name)
      select 'reader-' || n || '@example-' || n % 50 || '.com', 'reader-' || n || '@example-' || n % 50 || '.com',
             sha256(n::text::bytea), 'Reader ' || n
        from generate_series(1, ${count}::int) as n
      returning id)
    insert into subscriptions (newsletter_id, subscriber_id, state)
    select ${newsletter.id}, id, 'active' from people order by id`.execute(db);
  await sql`analyze subscribers, subscriptions`.execute(db);
}

/** The least that writing these rows can cost: one statement into a table without index, constraint or trigger. */
async function plainInsert(db: Database, newsletterId: string, id: EditionId): Promise<number> {
  await sql`create table bench_copy (like deliveries including defaults)`.execute(db);
  const { seconds } = await timed(() =>
    sql`
      insert into bench_copy (edition_id, subscriber_id, subscription_id, email, lane)
      select ${id}::int8, p.id, s.id, p.email, lower(split_part(p.email, '@', -1))
        from subscriptions s join subscribers p on p.id = s.subscriber_id
       where s.newsletter_id = ${newsletterId}::int8 and s.state = 'active'`.execute(db),
  );
  return seconds;
}

async function measure(context: BenchContext, place: Place): Promise<Measured> {
  const count = context.sizes.subscribers ?? SUBSCRIBERS;
  const { env } = place;
  return withApp(env, async (app) => {
    context.say(`${count} subscriptions …`);
    let newsletterId = '';
    const id = await makeEdition(app, async (newsletter) => {
      newsletterId = newsletter.id;
      await addSubscriptions(app.db, newsletter, count);
    });
    await resume(app.db, id);
    context.say('fanning out …');
    const ours = answer.parse(await runScript(SCRIPT, { env, id }));
    await assertAll(app.db, id, count);
    context.say('the same rows by one plain INSERT …');
    return report(count, ours, await plainInsert(app.db, newsletterId, id));
  });
}

async function assertAll(db: Database, id: EditionId, count: number): Promise<void> {
  const { n } = await db
    .selectFrom('deliveries')
    .select(sql<number>`count(*)::int`.as('n'))
    .where('edition_id', '=', id)
    .executeTakeFirstOrThrow();
  if (n !== count) throw new Error(`${n} rows for ${count} subscriptions`);
}

function report(count: number, ours: z.output<typeof answer>, plainSeconds: number): Measured {
  const seconds = ours.fanOutSeconds + ours.feedSeconds;
  return {
    kind: 'measured',
    setUp: `${count} active subscriptions, Postgres (fsync off) and Redis`,
    figures: [
      { what: 'fan-out', value: ours.fanOutSeconds, unit: 's' },
      { what: 'fan-out', value: count / ours.fanOutSeconds, unit: 'rows/s' },
      { what: `the first ${ours.offered} jobs`, value: ours.feedSeconds, unit: 's' },
      { what: 'one plain INSERT … SELECT', value: plainSeconds, unit: 's' },
      { what: 'one plain INSERT … SELECT', value: count / plainSeconds, unit: 'rows/s' },
      { what: 'memory before', value: ours.startMegabytes, unit: 'MB' },
      { what: 'peak memory', value: ours.peakMegabytes, unit: 'MB' },
    ],
    ratios: [
      { what: 'time: fan-out ÷ plain INSERT', value: ours.fanOutSeconds / plainSeconds, goal: null },
      {
        what: 'time for a million at this pace ÷ 60 s',
        value: (seconds * MILLION) / count / 60,
        goal: '≤ 1',
      },
      { what: 'peak memory ÷ 300 MB', value: ours.peakMegabytes / 300, goal: '≤ 1' },
    ],
    notes: [
      'The plain INSERT writes the same rows in one statement into a table without index, constraint or trigger: the floor.',
      'What grows with the table shows only at full size: --subscribers 1000000.',
    ],
  };
}

/** An audience into the ledger and the queue filled, against the least that writing those rows can cost. */
export const fanOut: Benchmark = {
  name: 'fan-out',
  about: 'active subscriptions to ledger rows and the first jobs, against a plain INSERT',
  async run(context) {
    const servers = await context.servers();
    return servers === null ? NO_SERVERS : inPlace(servers, (place) => measure(context, place));
  },
};
