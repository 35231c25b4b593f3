import { sql } from 'kysely';
import { addExampleSubscribers } from '../../../src/cli/demo/prepare.ts';
import { auditEdition } from '../../../src/deliveries/audit.ts';
import type { EditionId } from '../../../src/ground/ids.ts';
import { type Child, logged, startBroadsheet } from './children.ts';
import { cpuOfDescendants, cpuSeconds, peakMegabytes } from './cpu.ts';
import { type FrozenMail, frozenMailOf, makeEdition } from './edition.ts';
import { type Place, withApp } from './place.ts';

/** What one edition took, from its ledger and from the system. */
export interface Delivered {
  readonly frozen: FrozenMail;
  /** From the first claim to the last outcome. */
  readonly sendingSeconds: number;
  /** From the fan-out's first row to the last outcome: feeding the queue, and its first wait, included. */
  readonly wholeSeconds: number;
  /** Of the delivering process, from the order to go on until it said that the edition is sent. */
  readonly workerCpuSeconds: number | null;
  /** Of everything else that this benchmark started, in the same time, by program. */
  readonly otherCpuSeconds: ReadonlyMap<string, number>;
  readonly peakMegabytes: number | null;
}

export interface Delivery {
  readonly subscribers: number;
  readonly port: number;
  readonly connections: number;
  /** `start`, or `start --only deliver`. */
  readonly args: readonly string[];
  readonly nodeArgs: readonly string[];
}

/** Sends an edition with one real process; throws unless the ledger proves that everybody got it once. */
export async function deliverEdition(place: Place, delivery: Delivery): Promise<Delivered> {
  const { subscribers, port, connections } = delivery;
  const env = { ...place.env, SMTP_URL: `smtp://127.0.0.1:${port}?connections=${connections}&tls=off` };
  const { id, frozen } = await withApp(env, async (app) => {
    const id = await makeEdition(app, (newsletter) => addExampleSubscribers(app, newsletter, subscribers));
    return { id, frozen: await frozenMailOf(app, id) };
  });
  const worker = startBroadsheet(delivery.args, env, delivery.nodeArgs);
  try {
    await worker.heard(logged('started'));
    const used = await usedWhile(worker, async () => {
      await startBroadsheet(['edition', 'resume', id], env).ended();
      await worker.heard(logged('edition sent'));
    });
    await worker.stop();
    return { frozen, ...used, ...(await readTimes(env, id, subscribers)) };
  } finally {
    await worker.stop();
  }
}

async function usedWhile(worker: Child, work: () => Promise<void>) {
  const [before, othersBefore] = [cpuSeconds(worker.pid), cpuOfDescendants()];
  await work();
  const [after, othersAfter] = [cpuSeconds(worker.pid), cpuOfDescendants()];
  const others = [...othersAfter].map(([program, seconds]) => {
    return [program, seconds - (othersBefore.get(program) ?? 0)] as const;
  });
  return {
    workerCpuSeconds: before === null || after === null ? null : after - before,
    otherCpuSeconds: new Map(others),
    peakMegabytes: peakMegabytes(worker.pid),
  };
}

/** The ledger's own times, after it has been found whole. */
async function readTimes(env: Readonly<Record<string, string>>, id: EditionId, subscribers: number) {
  return withApp(env, async ({ db }) => {
    const audit = await auditEdition(db, id);
    if (!audit.whole || audit.counts.sent !== subscribers || audit.doubts > 0)
      throw new Error(`not everybody was mailed once: ${JSON.stringify(audit)}`);
    const { rows } = await sql<{ sending: number; whole: number }>`
      select extract(epoch from max(finished_at) - min(claimed_at))::float8 as sending,
             extract(epoch from max(finished_at) - min(send_at))::float8 as whole
        from deliveries where edition_id = ${id}`.execute(db);
    const { sending = Number.NaN, whole = Number.NaN } = rows[0] ?? {};
    return { sendingSeconds: sending, wholeSeconds: whole };
  });
}
