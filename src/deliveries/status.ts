import type { EditionState } from '../editions/lifecycle.ts';
import type { EditionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import { type Counts, tallied } from './counts.ts';

/** How an edition's sending stands. */
export interface EditionStatus {
  readonly state: EditionState;
  readonly reason: string | null;
  /** Null until the fan-out is done. */
  readonly audience: number | null;
  readonly counts: Counts;
  readonly startedAt: Temporal.Instant | null;
  readonly finishedAt: Temporal.Instant | null;
  /** Outcomes a second since sending started; null before. */
  readonly ratePerSecond: number | null;
  /** When it will be finished at that rate; null when that cannot be said. */
  readonly eta: Temporal.Instant | null;
}

/** Reads an edition's live status. */
export async function statusOf(db: Database, id: EditionId, now: Temporal.Instant): Promise<EditionStatus> {
  const edition = await db.selectFrom('editions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const counts = await tallied(db, id);
  const open = counts.queued + counts.sending + counts.deferred;
  const finished = counts.sent + counts.bounced + counts.failed + counts.suppressed;
  const until = edition.finished_at ?? now;
  const seconds = edition.started_at === null ? 0 : until.since(edition.started_at).total('seconds');
  const rate = seconds > 0 ? finished / seconds : null;
  return {
    state: edition.state,
    reason: edition.reason,
    audience: edition.audience,
    counts,
    startedAt: edition.started_at,
    finishedAt: edition.finished_at,
    ratePerSecond: rate === null ? null : Math.round(rate * 10) / 10,
    eta:
      edition.state === 'sending' && rate
        ? now.add({ milliseconds: Math.round((open / rate) * 1000) })
        : null,
  };
}
