import { describe, expect, test } from 'vitest';
import type { EditionId } from '../../src/ground/ids.ts';
import { broadsheet } from '../cli/frame/program.ts';
import { type Backend, backends } from '../support/backends.ts';
import { ask } from '../support/commands.ts';
import { type BroadsheetProcess, startProcess } from '../support/process.ts';
import { backdate } from '../support/timetable.ts';
import { makeWorld, readers, recipients, rss, SOON, type World } from '../support/world.ts';

const CONNECTIONS = 4;
const servers = backends().filter((backend) => backend !== 'embedded');

/** The web pages' address, from the log. */
async function originOf(process: BroadsheetProcess): Promise<string> {
  return String((await process.said('web pages are served')).url);
}

const readyOf = async (origin: string) => (await fetch(`${origin}/readyz`)).status;

async function endInOrder(process: BroadsheetProcess): Promise<void> {
  process.signal('SIGTERM');
  expect(await process.exited).toEqual({ code: 0, signal: null });
}

/**
 * A newsletter that goes out by itself each week, whose last time went by three days ago while nobody ran; the feed
 * has two articles of the week before that.
 */
async function makeDueWorld(backend: Backend): Promise<World> {
  const now = Temporal.Now.zonedDateTimeISO('UTC');
  const slot = now.subtract({ days: 3 }).with({ hour: 9, minute: 0, second: 0 });
  const schedule = `0 9 * * ${slot.dayOfWeek % 7}`;
  const world = await makeWorld(backend, { newsletter: { schedule, timeZone: 'UTC', review: 'none' } });
  world.feed.on('/feed.xml', { body: rss(['Alpha', 'Beta'], slot.startOfDay().toInstant()) });
  await backdate(world.app, now.subtract({ days: 8 }).toInstant().toString());
  return world;
}

async function idOf(world: World): Promise<EditionId> {
  const { id } = await world.app.db.selectFrom('editions').select('id').executeTakeFirstOrThrow();
  return id;
}

const statesOf = async (world: World) =>
  (await world.app.db.selectFrom('editions').select('state').execute()).map((row) => row.state);

describe('start, with everything in one process', () => {
  test('is ready, serves commands, keeps its directory to itself, and ends in order', async () => {
    const world = await makeWorld('embedded');
    await world.leave();
    const first = startProcess(['start'], world.env);
    const origin = await originOf(first);
    await first.said('started');
    expect(await readyOf(origin)).toBe(200);

    const listed = await broadsheet(['newsletter', 'list', '--json'], { env: world.env });
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(listed.stdout)).toMatchObject([{ slug: 'weekly' }]);

    const second = await broadsheet(['start'], { env: world.env });
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toBe(
      `Another Broadsheet (process ${first.pid}) holds the data in ${world.env.DATA_DIR}. Nothing was changed. Stop that one first, or set another DATA_DIR.\n`,
    );
    expect(await readyOf(origin)).toBe(200);
    await endInOrder(first);
    await expect(readyOf(origin)).rejects.toThrow();
  });

  test('a weekly newsletter that is due goes out by itself, to the mailbox', async () => {
    const world = await makeDueWorld('embedded');
    await world.addReaders(6);
    await world.leave();
    const { SMTP_URL: _, ...env } = world.env;
    const process = startProcess(['start'], env);
    await process.said('started');
    // What came due while nobody ran does not wait for the next minute.
    expect(process.log()).toContain('"msg":"an edition is due"');
    await process.said('edition sent');
    const dataDir = env.DATA_DIR ?? '';
    const mailbox = JSON.parse((await ask(dataDir, 'mailbox', 'list', '--json')).out);
    expect(
      mailbox.mails.map((mail: { to: string }) => /reader-\d+@[\w.]+/.exec(mail.to)?.[0]).sort(),
    ).toEqual(readers(6));
    const shown = JSON.parse((await ask(dataDir, 'edition', 'show', 'weekly#1', '--json')).out);
    expect(shown).toMatchObject({ kind: 'regular', state: 'sent' });
    expect(await ask(dataDir, 'edition', 'audit', 'weekly#1')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Whole: 6 subscribers'),
    });
    expect(world.smtp.total).toBe(0);
    await endInOrder(process);
  });
});

describe.each(servers)('start --only, on %s', (backend) => {
  test('web, makers and two deliverers share one edition', async () => {
    const world = await makeDueWorld(backend);
    await world.addReaders(200);
    // Slow enough for both deliverers to have their share.
    world.smtp.on('body', () => new Promise((resolve) => setTimeout(() => resolve(undefined), 20)));
    const deliverers = [1, 2].map(() => startProcess(['start', '--only', 'deliver'], world.env));
    const web = startProcess(['start', '--only', 'web'], world.env);
    const origin = await originOf(web);
    await Promise.all(deliverers.map((process) => process.said('started')));
    const makers = startProcess(['start', '--only', 'scheduler,collect,compose'], world.env);
    await expect.poll(() => statesOf(world), SOON).toEqual(['sent']);
    expect(recipients(world.smtp)).toEqual(readers(200));
    expect(await world.audit(await idOf(world))).toMatchObject({
      whole: true,
      audience: 200,
      unsure: 0,
      doubts: 0,
      counts: { sent: 200 },
    });
    expect(world.smtp.peak).toBe(2 * CONNECTIONS);
    const page = await fetch(`${origin}/n/weekly/1`);
    expect([page.status, (await page.text()).includes('Alpha')]).toEqual([200, true]);
    for (const process of [web, makers, ...deliverers]) await endInOrder(process);
  });

  test('killing one of two deliverers loses and doubles nothing but what is shown as unsure', {
    timeout: 200_000,
  }, async () => {
    const world = await makeWorld(backend, { newsletter: { unsurePolicy: 'hold' } });
    const all = 300;
    await world.addReaders(all);
    world.smtp.on('body', () => new Promise((resolve) => setTimeout(() => resolve(undefined), 15)));
    const [doomed, heir] = [1, 2].map(() => startProcess(['start', '--only', 'deliver'], world.env));
    await Promise.all([doomed?.said('started'), heir?.said('started')]);
    const id = await world.approved();
    await world.smtp.waitForConnections((open) => open === 2 * CONNECTIONS);
    await world.smtp.waitFor(60);
    doomed?.signal('SIGKILL');
    await doomed?.exited;
    expect(world.smtp.received.length).toBeLessThan(all);
    // Jobs that the dead one was working come back when their lock has run out, after a minute.
    await expect.poll(() => world.stateOf(id), { timeout: 150_000, interval: 200 }).toBe('sent');
    const got = recipients(world.smtp);
    const unsure = await world.app.db
      .selectFrom('deliveries')
      .select('email')
      .where('state', '=', 'unsure')
      .execute();
    expect(new Set(got).size).toBe(got.length);
    expect(unsure.length).toBeLessThanOrEqual(CONNECTIONS);
    expect([...new Set([...got, ...unsure.map((row) => row.email)])].sort()).toEqual(readers(all));
    const audit = await world.audit(id);
    expect(audit).toMatchObject({ whole: true, audience: all, doubts: 0, unsure: unsure.length });
    expect(audit.counts.sent + audit.counts.unsure).toBe(all);
    if (heir) await endInOrder(heir);
  });
});
