import { type CollectDeps, collectNewsletter, collectSource } from './articles/collect.ts';
import { feedCollect } from './articles/jobs.ts';
import { type ApproveDeps, approveEdition, askForReview, failEdition } from './editions/approve.ts';
import { composeEdition } from './editions/compose.ts';
import { editionCompose } from './editions/jobs.ts';
import type { Clock } from './ground/clock.ts';
import { Problem } from './ground/errors.ts';
import type { EditionId, SourceId } from './ground/ids.ts';
import type { Log } from './ground/log.ts';
import type { Closers } from './ground/process.ts';
import { newsletterById } from './newsletters/newsletters.ts';
import { DONE, type JobEnd } from './queue/define-job.ts';
import type { Queues } from './queue/queues.ts';

/** What the handlers use of an app. */
export interface JobsApp extends ApproveDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly closers: Closers;
  queues(): Promise<Queues>;
  fetcher(): CollectDeps['fetcher'];
}

/**
 * THE MAP of all jobs, in the data's order. `delivery-send` and `edition-fan-out` are worked in
 * deliveries/deliver.ts, where the worker's run and its groups live.
 *
 * ```
 * schedule ─ feed-collect ─▶ articles ─ edition-compose ─▶ editions ─ edition-fan-out ─▶ deliveries ─ delivery-send ─▶ outcomes
 * ```
 */
export async function startCollecting(app: JobsApp): Promise<void> {
  const queues = await app.queues();
  const deps = collectDeps(app);
  const worker = queues.work(feedCollect, COLLECT_AT_ONCE, ({ sourceId }) => handleCollect(deps, sourceId));
  app.closers.add('collect worker', () => worker.stop());
}

/** Works `edition-compose`: one edition at a time. */
export async function startComposing(app: JobsApp): Promise<void> {
  const queues = await app.queues();
  const worker = queues.work(editionCompose, 1, ({ editionId }) => handleCompose(app, editionId));
  app.closers.add('compose worker', () => worker.stop());
}

const COLLECT_AT_ONCE = 8;

/** What collecting needs, from an app. */
export function collectDeps(app: JobsApp): CollectDeps {
  return { db: app.db, clock: app.clock, log: app.log, fetcher: app.fetcher() };
}

async function handleCollect(deps: CollectDeps, sourceId: SourceId): Promise<JobEnd> {
  const source = await deps.db
    .selectFrom('sources')
    .selectAll()
    .where('id', '=', sourceId)
    .executeTakeFirst();
  if (source !== undefined && source.state !== 'removed') await collectSource(deps, source);
  return DONE;
}

/** Collects once more, composes, and sends the edition on its way. Every step may be done twice. */
async function handleCompose(app: JobsApp, id: EditionId): Promise<JobEnd> {
  const edition = await app.db
    .selectFrom('editions')
    .select(['newsletter_id', 'composed_at', 'state'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (edition === undefined || edition.state !== 'draft') return DONE;
  const newsletter = await newsletterById(app.db, edition.newsletter_id);
  if (edition.composed_at === null) await collectNewsletter(collectDeps(app), newsletter.id);
  const composed = await composeEdition(app.db, id);
  if (composed.state === 'skipped') {
    app.log.warn({ edition: id, newsletter: newsletter.slug, reason: composed.reason }, 'edition skipped');
    return DONE;
  }
  if (newsletter.review === 'required') await askForReview(app.db, id);
  else await approveOrFail(app, id);
  return DONE;
}

/** A template that is broken fails the edition with its sentence; anything else is tried again. */
async function approveOrFail(app: JobsApp, id: EditionId): Promise<void> {
  try {
    await approveEdition(app, id, null);
  } catch (error) {
    if (!(error instanceof Problem) || (error.kind !== 'bad_input' && error.kind !== 'not_found'))
      throw error;
    await failEdition(app.db, id, error.message);
    app.log.error({ edition: id, error: error.message }, 'edition failed; nobody was mailed');
  }
}
