import { feedCollect } from '../articles/jobs.ts';
import { createEdition } from '../editions/create.ts';
import { editionCompose } from '../editions/jobs.ts';
import { dueSources } from '../feeds/sources.ts';
import { messageOf } from '../ground/errors.ts';
import type { EditionId, NewsletterId } from '../ground/ids.ts';
import type { Log } from '../ground/log.ts';
import { listNewsletters, type Newsletter } from '../newsletters/newsletters.ts';
import type { Queues } from '../queue/queues.ts';
import type { Database } from '../store/database.ts';
import { parseCron } from './cron.ts';
import { dueSlot } from './slots.ts';

export interface TickDeps {
  readonly db: Database;
  readonly queues: Queues;
  readonly log: Log;
  readonly now: () => Temporal.Instant;
}

/**
 * One look at the clock: queues the sources that are due, makes the editions whose time has come, and queues again
 * what a lost queue forgot. Any number of schedulers may tick: ids and the database make each of it happen once.
 */
export async function tick(deps: TickDeps): Promise<void> {
  await collectDue(deps);
  for (const newsletter of await listNewsletters(deps.db)) {
    try {
      await makeDueEdition(deps, newsletter);
    } catch (error) {
      deps.log.error(
        { newsletter: newsletter.slug, error: messageOf(error) },
        'its schedule cannot be followed',
      );
    }
  }
  await composeOpen(deps);
}

async function collectDue({ db, queues, now }: TickDeps): Promise<void> {
  const sources = await dueSources(db, now());
  await queues.add(
    feedCollect,
    sources.map((source) => ({ id: `collect-${source.id}`, payload: { sourceId: source.id } })),
  );
}

async function lastSlotOf(db: Database, id: NewsletterId): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('editions')
    .select('slot_at')
    .where('newsletter_id', '=', id)
    .where('kind', '=', 'regular')
    .orderBy('slot_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.slot_at ?? null;
}

/** The later of two moments: slots before the schedule was last set are not made up. */
function later(one: Temporal.Instant | null, other: Temporal.Instant): Temporal.Instant {
  return one !== null && Temporal.Instant.compare(one, other) > 0 ? one : other;
}

async function makeDueEdition(deps: TickDeps, newsletter: Newsletter): Promise<void> {
  if (newsletter.schedule === null) return;
  const due = dueSlot({
    schedule: parseCron(newsletter.schedule),
    timeZone: newsletter.timeZone,
    lastSlot: later(await lastSlotOf(deps.db, newsletter.id), newsletter.scheduledFrom),
    createdAt: newsletter.createdAt,
    now: deps.now(),
  });
  if (due === null) return;
  const id = await createEdition(deps.db, newsletter, { kind: 'regular', slot: due.slot });
  if (id === null) return;
  const { slot, missed, kind } = due;
  deps.log.info(
    { newsletter: newsletter.slug, edition: id, slot: slot.toString(), missed, kind },
    'an edition is due',
  );
}

/** Regular editions that are not on their way yet: new ones, and those whose job or worker was lost. */
async function composeOpen({ db, queues }: TickDeps): Promise<void> {
  const open = await db
    .selectFrom('editions')
    .select('id')
    .where('kind', '=', 'regular')
    .where('state', '=', 'draft')
    .execute();
  await queues.add(
    editionCompose,
    open.map(({ id }: { id: EditionId }) => ({ id: `compose-${id}`, payload: { editionId: id } })),
  );
}
