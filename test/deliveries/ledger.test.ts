import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createClaims } from '../../src/deliveries/claim.ts';
import { tallied } from '../../src/deliveries/counts.ts';
import { fanOut } from '../../src/deliveries/fan-out.ts';
import { createHandOvers } from '../../src/deliveries/hand-over.ts';
import type { Decision } from '../../src/deliveries/outcome.ts';
import { type Attempt, createRecords } from '../../src/deliveries/record.ts';
import { sweep } from '../../src/deliveries/sweep.ts';
import { finishEditions, startSending } from '../../src/editions/lifecycle.ts';
import type { RunId } from '../../src/ground/ids.ts';
import { silentLog } from '../../src/ground/log.ts';
import { engines } from '../support/backends.ts';
import { makeWorld } from '../support/world.ts';

const TIMES = { deadSeconds: 30, unsureSeconds: 720, reofferSeconds: 300 };
const SENT: Decision = {
  state: 'sent',
  attempt: 'accepted',
  delayMs: null,
  tries: 1,
  reason: null,
  suppress: false,
};
const DEFERRED: Decision = {
  ...SENT,
  state: 'deferred',
  attempt: 'deferred',
  delayMs: 60_000,
  reason: '451 later',
};

describe.each(engines())('the ledger, on %s', (backend) => {
  async function ledger(readers: number) {
    const world = await makeWorld(backend);
    const { db } = world.app;
    await world.addReaders(readers);
    const id = await world.approved();
    await startSending(db, id);
    await fanOut(db, id);
    const newRun = async () =>
      (
        await db
          .insertInto('worker_runs')
          .values({ host: 'here', pid: 1 })
          .returning('id')
          .executeTakeFirstOrThrow()
      ).id;
    const refs = await db
      .selectFrom('deliveries')
      .select(['edition_id as editionId', 'id'])
      .orderBy('id')
      .execute();
    const claimsOf = (run: RunId) => createClaims(db, () => run);
    const records = createRecords({ db, log: silentLog() });
    const kill = (run: RunId) =>
      db.updateTable('worker_runs').set({ ended_at: sql`now()` }).where('id', '=', run).execute();
    return { world, db, id, refs, newRun, claimsOf, records, kill };
  }

  const attemptOf = (
    token: { editionId: Attempt['editionId']; id: Attempt['id']; claim: number },
    decision: Decision,
  ): Attempt => ({
    ...token,
    decision,
    relayId: null,
    tookMs: 1,
    reply: { code: 250, enhanced: null, text: 'ok' },
    queueId: null,
    relatedShown: 0,
  });

  test('a row is claimed once, handed over once by its holder, and refused to an older claim', async () => {
    const { db, refs, newRun, claimsOf, records, kill } = await ledger(1);
    const [ref] = refs;
    if (!ref) throw new Error('no row');
    const [first, second] = [await newRun(), await newRun()];
    expect(await claimsOf(first).add(ref)).toMatchObject({ kind: 'claimed', claim: 1 });
    expect(await claimsOf(second).add(ref)).toEqual({ kind: 'nothing' });
    await kill(first);
    await sweep(db, TIMES);
    expect(await claimsOf(second).add(ref)).toMatchObject({ kind: 'claimed', claim: 2 });
    expect(await createHandOvers(db, () => first).add({ ...ref, claim: 1 })).toBe(false);
    const handOvers = createHandOvers(db, () => second);
    expect(await handOvers.add({ ...ref, claim: 2 })).toBe(true);
    expect(await handOvers.add({ ...ref, claim: 2 })).toBe(false);
    // The frozen first process wakes with its 250 in the same moment: written down as late, and a doubt.
    const both = await Promise.all([
      records.add(attemptOf({ ...ref, claim: 1 }, SENT)),
      records.add(attemptOf({ ...ref, claim: 2 }, SENT)),
    ]);
    expect(both).toEqual(['late', 'recorded']);
    expect(await db.selectFrom('deliveries').select(['state', 'doubts']).executeTakeFirst()).toEqual({
      state: 'sent',
      doubts: 1,
    });
    const outcomes = await db.selectFrom('attempts').select(['n', 'outcome']).orderBy('n').execute();
    expect(outcomes).toEqual([
      { n: 1, outcome: 'accepted_late' },
      { n: 2, outcome: 'accepted' },
    ]);
  });

  test('handed over by a run that died is unsure; its late answer settles it', async () => {
    const { db, id, refs, newRun, claimsOf, records, kill } = await ledger(1);
    const [ref] = refs;
    if (!ref) throw new Error('no row');
    const run = await newRun();
    await claimsOf(run).add(ref);
    await createHandOvers(db, () => run).add({ ...ref, claim: 1 });
    await kill(run);
    expect(await sweep(db, TIMES)).toMatchObject({ unsure: 1, takenBack: 0 });
    expect(await finishEditions(db)).toEqual([id]);
    expect(await records.add(attemptOf({ ...ref, claim: 1 }, DEFERRED))).toBe('recorded');
    // Put off after the edition was said to be sent: the sweep sends on, so that nobody is lost.
    expect(await sweep(db, TIMES)).toMatchObject({ reopened: 1 });
    expect(await db.selectFrom('editions').select('state').executeTakeFirst()).toEqual({ state: 'sending' });
    expect(await finishEditions(db)).toEqual([]);
  });

  test('many rows move in one statement after a small one, and the tallies are theirs', async () => {
    const { db, id } = await ledger(3_000);
    await sql`update deliveries set state = 'failed', finished_at = now() where id = (select min(id) from deliveries)`.execute(
      db,
    );
    await sql`update deliveries set state = 'cancelled', finished_at = now() where state = 'queued'`.execute(
      db,
    );
    expect(await tallied(db, id)).toMatchObject({ queued: 0, failed: 1, cancelled: 2_999 });
    await expect(
      sql`update deliveries set state = 'sent' where state = 'cancelled'`.execute(db),
    ).rejects.toThrow(/may not move from cancelled to sent/);
    expect(await tallied(db, id)).toMatchObject({ cancelled: 2_999, sent: 0 });
  });
});
