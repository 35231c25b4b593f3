import { describe, expect, test } from 'vitest';
import type { Moment } from '../../src/deliveries/send.ts';
import type { EditionId } from '../../src/ground/ids.ts';
import { type Backend, backends } from '../support/backends.ts';
import { startProcess } from '../support/process.ts';
import { makeWorld, readers, recipients, type World } from '../support/world.ts';

const READERS = 30;
const CONNECTIONS = 4;

/** An embedded directory has one process, which does everything. */
const argsOn = (backend: Backend) => (backend === 'embedded' ? ['start'] : ['start', '--only', 'deliver']);

/** Sends an edition with a process that is killed at a moment, then with one that lives. */
async function sendThroughDeath(world: World, backend: Backend, dieAt: string): Promise<EditionId> {
  await world.addReaders(READERS);
  const id = await world.approved();
  await world.leave();
  const doomed = startProcess(argsOn(backend), { ...world.env, DIE_AT: dieAt });
  expect(await doomed.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const heir = startProcess(argsOn(backend), world.env);
  await heir.said('edition sent');
  heir.signal('SIGTERM');
  expect(await heir.exited).toEqual({ code: 0, signal: null });
  await world.enter();
  return id;
}

const unsureOf = async (world: World) =>
  (await world.app.db.selectFrom('deliveries').select('email').where('state', '=', 'unsure').execute()).map(
    (row) => row.email,
  );

describe.each(backends())('a process killed in mid-send, on %s', (backend) => {
  test.each<Moment>(['claimed', 'handed over', 'answered', 'recorded'])(
    'at "%s": everyone exactly once, or shown as unsure',
    async (moment) => {
      const world = await makeWorld(backend, { newsletter: { unsurePolicy: 'hold' } });
      const id = await sendThroughDeath(world, backend, `${moment}:7`);
      const got = recipients(world.smtp);
      const unsure = await unsureOf(world);
      expect(new Set(got).size).toBe(got.length);
      expect([...new Set([...got, ...unsure])].sort()).toEqual(readers(READERS));
      expect(unsure.length).toBeLessThanOrEqual(CONNECTIONS);
      if (moment === 'handed over' || moment === 'answered') expect(unsure.length).toBeGreaterThan(0);
      const audit = await world.audit(id);
      expect(audit).toMatchObject({ whole: true, audience: READERS, unsure: unsure.length, problems: [] });
      expect(audit.counts.sent + audit.counts.unsure).toBe(READERS);
    },
  );

  test('under the policy "resend" everyone gets it, and each doubt is shown', async () => {
    const world = await makeWorld(backend, {
      newsletter: { unsurePolicy: 'resend' },
      env: { UNSURE_SECONDS: '1' },
    });
    const id = await sendThroughDeath(world, backend, 'answered:7');
    const got = recipients(world.smtp);
    const audit = await world.audit(id);
    expect([...new Set(got)].sort()).toEqual(readers(READERS));
    expect(audit).toMatchObject({ whole: true, unsure: 0, counts: { sent: READERS } });
    expect(audit.doubts).toBeGreaterThan(0);
    expect(got.length - READERS).toBeLessThanOrEqual(audit.doubts);
    expect(audit.doubts).toBeLessThanOrEqual(CONNECTIONS);
  });

  test('SIGTERM in mid-send ends in order: nothing is unsure, and the next process finishes', async () => {
    const world = await makeWorld(backend);
    await world.addReaders(READERS);
    const id = await world.approved();
    await world.leave();
    const first = startProcess(argsOn(backend), world.env);
    await world.smtp.waitFor(5);
    first.signal('SIGTERM');
    expect(await first.exited).toEqual({ code: 0, signal: null });
    const second = startProcess(argsOn(backend), world.env);
    await second.said('edition sent');
    second.signal('SIGTERM');
    await second.exited;
    await world.enter();
    expect(recipients(world.smtp)).toEqual(readers(READERS));
    expect(await world.audit(id)).toMatchObject({
      whole: true,
      unsure: 0,
      doubts: 0,
      counts: { sent: READERS },
    });
  });
});
