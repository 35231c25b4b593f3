import { onTestFinished } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { auditEdition } from '../../src/deliveries/audit.ts';
import { viewEdition } from '../../src/editions/find.ts';
import { readConfig } from '../../src/ground/config.ts';
import type { EditionId } from '../../src/ground/ids.ts';
import { createLog } from '../../src/ground/log.ts';
import type { NewNewsletter } from '../../src/newsletters/newsletters.ts';
import { tick } from '../../src/schedule/tick.ts';
import type { Backend } from './backends.ts';
import { makeWorld, type World } from './world.ts';

/** A world whose time of day the test sets; `app` is in use in place of `world.app`, which is closed. */
export interface Timetable {
  readonly world: World;
  readonly app: App;
  /** Sets the clock, and looks at it once as the scheduler does each minute. */
  tickAt(iso: string): Promise<void>;
  /** The editions of the newsletter, in the order of their numbers. */
  editions(): Promise<Edition[]>;
  /** The titles that an edition carries in its sections, sorted. */
  titles(id: EditionId): Promise<string[]>;
  audit(id: EditionId): ReturnType<typeof auditEdition>;
}

interface Edition {
  readonly id: EditionId;
  readonly number: number;
  readonly state: string;
  readonly reason: string | null;
  /** ISO, in UTC. */
  readonly slot: string | undefined;
  readonly from: string | undefined;
  readonly to: string;
}

/** Opens the database of a world once more, for a second process's part; closed when the test ends. */
export async function openBeside(env: Readonly<Record<string, string>>, now: () => Temporal.Instant) {
  const log = createLog({ level: process.env.TEST_LOG ?? 'silent', format: 'json' });
  const app = await openApp(readConfig(env), log, { clock: { now } });
  onTestFinished(() => app.closers.close());
  return app;
}

/** What a scheduler is given by an app. */
export async function ticking(app: App) {
  return { db: app.db, queues: await app.queues(), log: app.log, now: () => app.clock.now() };
}

/** Says since when the newsletter and its sources are there. */
export async function backdate(app: App, iso: string): Promise<void> {
  const at = Temporal.Instant.from(iso);
  await app.db.updateTable('newsletters').set({ created_at: at, scheduled_from: at }).execute();
  await app.db.updateTable('sources').set({ created_at: at, next_at: at }).execute();
}

/**
 * Makes a world whose newsletter follows a schedule, by a clock of the test's own.
 * @param given.since when the newsletter was added; `readers` how many subscribe.
 */
export async function makeTimetable(
  backend: Backend,
  given: { since: string; newsletter: Partial<NewNewsletter>; readers?: number },
): Promise<Timetable> {
  const { since, newsletter, readers = 0 } = given;
  const world = await makeWorld(backend, { newsletter });
  if (readers > 0) await world.addReaders(readers);
  await backdate(world.app, since);
  await world.leave();
  let now = Temporal.Instant.from(since);
  const app = await openBeside(world.env, () => now);
  return {
    world,
    app,
    async tickAt(iso) {
      now = Temporal.Instant.from(iso);
      await tick(await ticking(app));
    },
    async editions() {
      const rows = await app.db.selectFrom('editions').selectAll().orderBy('number').execute();
      return rows.map(({ id, number, state, reason, slot_at, from_at, to_at }) => ({
        id,
        number,
        state,
        reason,
        slot: slot_at?.toString(),
        from: from_at?.toString(),
        to: to_at.toString(),
      }));
    },
    async titles(id) {
      const { sections } = await viewEdition(app.db, id);
      return sections.flatMap((section) => section.articles.map((article) => article.title)).sort();
    },
    audit: (id) => auditEdition(app.db, id),
  };
}
