import { describe, expect, test } from 'vitest';
import { deliverySend } from '../../src/deliveries/jobs.ts';
import type { EditionId } from '../../src/ground/ids.ts';
import { backends } from '../support/backends.ts';
import { runInside } from '../support/commands.ts';
import { makeWorld, readers, recipients, SOON, type World } from '../support/world.ts';

const READERS = 120;
const BEFORE = 20;
const CONNECTIONS = 4;

/** Lets some mails through; those after them wait, with the server's answer in the balance, until the gate opens. */
function gateAfter(world: World, count: number, answer?: string): { open(): void; readonly waiting: number } {
  const gate = Promise.withResolvers<string | undefined>();
  let seen = 0;
  world.smtp.on('body', () => {
    seen += 1;
    return seen <= count ? undefined : gate.promise;
  });
  return {
    open: () => gate.resolve(answer),
    get waiting() {
      return seen - world.smtp.received.length;
    },
  };
}

/** Sends an edition up to the gate: as many mails wait for an answer as there are connections. */
async function sendToGate(world: World, answer?: string) {
  await world.addReaders(READERS);
  const gate = gateAfter(world, BEFORE, answer);
  const id = await world.approved();
  await world.deliver();
  await expect.poll(() => gate.waiting, SOON).toBe(CONNECTIONS);
  return { id, gate };
}

/** Resolves when nothing is under way and no job is left that could begin anything. */
async function atRest(world: World, id: EditionId): Promise<void> {
  const queues = await world.app.queues();
  const busy = async () => (await world.audit(id)).counts.sending + (await queues.backlog(deliverySend));
  await expect.poll(busy, SOON).toBe(0);
}

/** Runs `edition VERB weekly#1 --json`, which must do it. */
async function edition(world: World, verb: string): Promise<unknown> {
  const said = await runInside(world.app, 'edition', verb, 'weekly#1', '--json');
  expect(said).toMatchObject({ code: 0, err: '' });
  return JSON.parse(said.out);
}

describe.each(backends())('an operator steers an edition, on %s', (backend) => {
  test('pause: what is with a server ends, and no more mails come; resume finishes', async () => {
    const world = await makeWorld(backend);
    const { id, gate } = await sendToGate(world);
    expect(await edition(world, 'pause')).toMatchObject({ state: 'paused' });
    gate.open();
    await atRest(world, id);
    expect(world.smtp.received).toHaveLength(BEFORE + CONNECTIONS);
    expect((await world.audit(id)).counts).toMatchObject({
      sent: BEFORE + CONNECTIONS,
      queued: READERS - BEFORE - CONNECTIONS,
    });
    expect(await edition(world, 'resume')).toMatchObject({ state: 'sending' });
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect(recipients(world.smtp)).toEqual(readers(READERS));
    expect(await edition(world, 'audit')).toMatchObject({ whole: true, counts: { sent: READERS } });
  });

  test('cancel: who was not mailed yet never is, and the ledger is whole', async () => {
    const world = await makeWorld(backend);
    const { id, gate } = await sendToGate(world);
    expect(await edition(world, 'cancel')).toMatchObject({
      state: 'cancelled',
      counts: { sending: CONNECTIONS, queued: 0, cancelled: READERS - BEFORE - CONNECTIONS },
    });
    gate.open();
    await atRest(world, id);
    expect(world.smtp.received).toHaveLength(BEFORE + CONNECTIONS);
    expect(await edition(world, 'audit')).toMatchObject({
      whole: true,
      audience: READERS,
      counts: { sent: BEFORE + CONNECTIONS, cancelled: READERS - BEFORE - CONNECTIONS },
    });
  });

  test('cancel while a server says "later": those are cancelled too', async () => {
    const world = await makeWorld(backend);
    const { id, gate } = await sendToGate(world, '451 4.3.0 later');
    await edition(world, 'cancel');
    gate.open();
    await atRest(world, id);
    expect(world.smtp.received).toHaveLength(BEFORE);
    const whole = async () => (await world.audit(id)).whole;
    await expect.poll(whole, SOON).toBe(true);
    expect((await world.audit(id)).counts).toMatchObject({ sent: BEFORE, cancelled: READERS - BEFORE });
  });

  test('retry: what a server refused for its own reasons is tried again, and nobody else', async () => {
    const world = await makeWorld(backend);
    await world.addReaders(5);
    world.smtp.on('rcpt', ({ to }) =>
      /reader-[14]@/.test(to) ? '550 5.7.1 refused by our policy' : undefined,
    );
    const id = await world.approved();
    await world.deliver();
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect((await world.audit(id)).counts).toMatchObject({ sent: 3, failed: 2 });
    world.smtp.on('rcpt', null);
    expect(await edition(world, 'retry')).toMatchObject({ state: 'sending' });
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect(recipients(world.smtp)).toEqual(readers(5));
    expect(await edition(world, 'audit')).toMatchObject({ whole: true, counts: { sent: 5, failed: 0 } });
  });

  test('send twice: of an edition that waits for its time, the time named last counts', async () => {
    const world = await makeWorld(backend);
    await world.addReaders(3);
    const id = await world.approved();
    const later = await runInside(world.app, 'edition', 'send', 'weekly#1', '--at', '2099-01-01T09:00:00Z');
    expect(later).toMatchObject({ code: 0, err: '' });
    await world.deliver();
    const { send_at } = await world.app.db.selectFrom('editions').select('send_at').executeTakeFirstOrThrow();
    expect([await world.stateOf(id), send_at?.toString()]).toEqual(['approved', '2099-01-01T09:00:00Z']);
    expect(await edition(world, 'send')).toMatchObject({
      state: expect.stringMatching(/^(approved|sending)$/),
    });
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect(recipients(world.smtp)).toEqual(readers(3));
  });
});
