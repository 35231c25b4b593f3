import { finishEditions, startSending } from '../editions/lifecycle.ts';
import type { EditionId } from '../ground/ids.ts';
import type { Log } from '../ground/log.ts';
import type { Queues } from '../queue/queues.ts';
import { relayIds } from '../relays/registry.ts';
import type { Relays } from '../relays/relays.ts';
import type { Links } from '../rendering/links.ts';
import type { Database } from '../store/database.ts';
import { createClaims } from './claim.ts';
import { fanOut } from './fan-out.ts';
import { feed } from './feed.ts';
import { ONE_SESSION } from './group.ts';
import { guardEpoch } from './guard-epoch.ts';
import { createHandOvers } from './hand-over.ts';
import { deliverySend, editionFanOut } from './jobs.ts';
import { startLoop } from './loop.ts';
import { createMails } from './mail.ts';
import { createRecords } from './record.ts';
import { WorkerRun } from './run.ts';
import { type Moment, sendDelivery } from './send.ts';
import { type SweepTimes, sweep } from './sweep.ts';

export interface DeliverDeps {
  readonly db: Database;
  readonly queues: Queues;
  readonly relays: Relays;
  readonly relayNames: readonly string[];
  readonly links: Links;
  readonly secret: string;
  readonly log: Log;
  readonly now: () => Temporal.Instant;
  readonly random: () => number;
  readonly queueAhead: number;
  /** Deliveries under way at once in this process; never more than there are connections. */
  readonly concurrency: number;
  readonly times: SweepTimes & { readonly beatSeconds: number; readonly sweepSeconds: number };
  /** No other process can hold this database: every earlier run is over. */
  readonly alone: boolean;
  readonly at?: (moment: Moment) => Promise<void>;
}

/** Between two looks for due deliveries and editions whose time has come. */
const FEED_MS = 250;

/**
 * Starts delivering in this process: fan-out, feeding the queue, sending, sweeping.
 * @returns how to stop: nothing new is taken, what is under way ends, the rest is given back.
 */
export async function startDelivering(deps: DeliverDeps): Promise<() => Promise<void>> {
  const { db, queues, log, times } = deps;
  const run = await WorkerRun.start(db, log, { ...times, alone: deps.alone });
  const ids = await relayIds(db, deps.relayNames);
  const size = deps.alone ? ONE_SESSION : {};
  const sending = {
    claims: createClaims(db, () => run.id, size),
    handOvers: createHandOvers(db, () => run.id, size),
    records: createRecords({ db, log }, size),
    mailsOf: createMails(deps),
    relayId: (name: string) => ids.get(name) ?? null,
    run,
    relays: deps.relays,
    log,
    now: deps.now,
    random: deps.random,
    ...(deps.at ? { at: deps.at } : {}),
  };
  await sweep(db, times);
  await guardEpoch(deps);
  const workers = [
    queues.work(deliverySend, deps.concurrency, (ref) => sendDelivery(sending, ref)),
    queues.work(editionFanOut, 1, async ({ editionId }) => {
      await fanOut(db, editionId);
      return { done: true };
    }),
  ];
  const loops = [
    startLoop('feed', FEED_MS, () => feedRound(deps, run), log),
    startLoop('sweep', times.sweepSeconds * 1000, () => sweepRound(deps, run), log),
  ];
  return async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
    await Promise.all(workers.map((worker) => worker.stop()));
    await run.end();
  };
}

/** One look at what is due. True when there was so much that the next look should not wait. */
async function feedRound(deps: DeliverDeps, run: WorkerRun): Promise<boolean> {
  // While nothing can be sent jobs would only pile up as delayed ones.
  const mayOffer = run.mayClaim && deps.relays.restsUntil() === null;
  const { db, queues, log } = deps;
  for (const id of await editionsToFanOut(db))
    await queues.add(editionFanOut, [{ id: `fan-out-${id}`, payload: { editionId: id } }]);
  const offered = mayOffer ? await feed(deps) : 0;
  for (const id of await finishEditions(db)) log.info({ edition: id }, 'edition sent');
  return offered >= deps.queueAhead;
}

/** Starts the approved editions whose time has come; gives all that are being sent and not yet fanned out. */
async function editionsToFanOut(db: Database): Promise<EditionId[]> {
  const alive = await db
    .selectFrom('editions')
    .select(['id', 'state', (eb) => eb('send_at', '<=', eb.fn<Temporal.Instant>('now')).as('due')])
    .where('state', 'in', ['approved', 'sending'])
    .where('fan_out_done', '=', false)
    .execute();
  const ready: EditionId[] = [];
  for (const { id, state, due } of alive)
    if (state === 'sending' || (due && (await startSending(db, id)))) ready.push(id);
  return ready;
}

async function sweepRound(deps: DeliverDeps, run: WorkerRun): Promise<boolean> {
  // After a long stall this process itself may look dead: it beats first, and sweeps nobody while it cannot.
  await run.beat();
  if (!run.mayClaim) return false;
  const swept = await sweep(deps.db, deps.times);
  if (Object.values(swept).some((n) => n > 0)) deps.log.info(swept, 'swept');
  await guardEpoch(deps);
  return false;
}
