import { describe, expect, onTestFinished, test } from 'vitest';
import type { EditionId } from '../../src/ground/ids.ts';
import { type Backend, backends } from '../support/backends.ts';
import { run } from '../support/commands.ts';
import { startProcess } from '../support/process.ts';
import { type PrivateServer, startPostgres, startRedis } from '../support/servers.ts';
import { makeWorld, readers, recipients, SOON, type World } from '../support/world.ts';

const READERS = 80;

const only = (backend: Backend) => backends().filter((one) => one === backend);

async function ours(start: () => Promise<PrivateServer | null>): Promise<PrivateServer> {
  const server = await start();
  if (server === null) throw new Error('it was installed a moment ago');
  onTestFinished(() => server.stop());
  return server;
}

/** Starts everything in a process of its own, and an edition that it is in the middle of sending. */
async function inMidSend(world: World) {
  await world.addReaders(READERS);
  // Slow enough that there is a middle.
  world.smtp.on('body', () => new Promise((resolve) => setTimeout(() => resolve(undefined), 30)));
  const process = startProcess(['start'], world.env);
  const { url } = await process.said('web pages are served');
  await process.said('started');
  const id = await world.approved();
  await world.smtp.waitFor(10);
  return { process, id, ready: async () => (await fetch(`${url}/readyz`)).status };
}

/** Everybody got the mail once, and the ledger knows it. */
async function expectWhole(world: World, id: EditionId): Promise<void> {
  expect(recipients(world.smtp)).toEqual(readers(READERS));
  expect(await world.audit(id)).toMatchObject({
    whole: true,
    audience: READERS,
    unsure: 0,
    doubts: 0,
    counts: { sent: READERS },
  });
}

describe.each(only('postgres'))('%s goes away in mid-send', (backend) => {
  test('and comes back: the process lives, says that it is not ready, and loses nothing', async () => {
    const server = await ours(startPostgres);
    const env = { DATABASE_URL: server.url, SECRET_KEY: 'a secret of thirty-two letters or more' };
    expect(await run(['migrate'], env)).toMatchObject({ code: 0 });
    const world = await makeWorld(backend, { newsletter: { unsurePolicy: 'hold' }, env });
    const { process, id, ready } = await inMidSend(world);
    expect(await ready()).toBe(200);
    await server.halt();
    expect(await ready()).toBe(503);
    expect(world.smtp.received.length).toBeLessThan(READERS);
    await process.said('no beat: the database did not answer');
    await server.resume();
    await expect.poll(ready, SOON).toBe(200);
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    await expectWhole(world, id);
    process.signal('SIGTERM');
    expect(await process.exited).toEqual({ code: 0, signal: null });
  });
});

describe.each(only('redis'))('%s goes away in mid-send', (backend) => {
  test('and comes back empty: the process lives, and the queue is rebuilt from the ledger', async () => {
    const server = await ours(startRedis);
    const world = await makeWorld(backend, {
      newsletter: { unsurePolicy: 'hold' },
      // Nothing is offered again for its age: only the loss itself can be the reason.
      env: { REDIS_URL: server.url, REOFFER_SECONDS: '3600' },
    });
    const { process, id, ready } = await inMidSend(world);
    await server.halt();
    expect(await ready()).toBe(200);
    expect(world.smtp.received.length).toBeLessThan(READERS);
    await server.resume();
    await process.said('the queue was lost: it is rebuilt from the ledger');
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    await expectWhole(world, id);
    process.signal('SIGTERM');
    expect(await process.exited).toEqual({ code: 0, signal: null });
  });
});
