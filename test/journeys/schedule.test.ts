import { Queue } from 'bullmq';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { approveEdition } from '../../src/editions/approve.ts';
import { silentLog } from '../../src/ground/log.ts';
import { startCollecting, startComposing } from '../../src/jobs.ts';
import { openBackend } from '../../src/queue/backend.ts';
import { tick } from '../../src/schedule/tick.ts';
import { startDeliver } from '../../workers/deliver.ts';
import { backends } from '../support/backends.ts';
import { addBrokenTemplate } from '../support/templates.ts';
import { makeTimetable, openBeside, type Timetable, ticking } from '../support/timetable.ts';
import { readers, recipients, rss, SOON } from '../support/world.ts';

/** Mondays at nine in Madrid: in winter 08:00 in UTC. */
const WEEKLY = { schedule: '0 9 * * 1', timeZone: 'Europe/Madrid' };
const SINCE = '2030-01-01T12:00:00Z';
const MONDAY = ['2030-01-07T08:00:00Z', '2030-01-14T08:00:00Z', '2030-01-28T08:00:00Z'] as const;

/** What the feed tells: titles, an hour apart, the newest an hour before each moment. */
function tells(table: Timetable, stories: Readonly<Record<string, readonly string[]>>): void {
  const feeds = Object.entries(stories).map(([at, titles]) => rss(titles, Temporal.Instant.from(at)));
  const items = feeds.flatMap((feed) => feed.match(/<item>[\s\S]*?<\/item>/g) ?? []);
  table.world.feed.on('/feed.xml', {
    body: (feeds[0] ?? '').replace(/<item>[\s\S]*<\/item>/, items.join('')),
    headers: { 'content-type': 'application/rss+xml' },
  });
}

async function statesOf(table: Timetable): Promise<string[]> {
  return (await table.editions()).map((edition) => edition.state);
}

/** Everything that a whole Broadsheet does but the ticks, which the test makes itself. */
async function startWorking(app: App): Promise<void> {
  await startCollecting(app);
  await startComposing(app);
  await startDeliver(app);
}

/** Takes all jobs out of a queue, as its loss would. */
async function emptyQueue(app: App, name: string): Promise<number> {
  const backend = await openBackend(app.config, app.store, silentLog());
  const queue = backend.makeQueue(name);
  if (!(queue instanceof Queue)) throw new Error('not a queue that can be emptied');
  const { waiting = 0 } = await queue.getJobCounts('waiting');
  await queue.obliterate({ force: true });
  await queue.close();
  await backend.close();
  return waiting;
}

describe.each(backends())('a schedule, on %s', (backend) => {
  test('however many schedulers tick at once, each time makes one edition', async () => {
    const table = await makeTimetable(backend, {
      since: SINCE,
      newsletter: { ...WEEKLY, review: 'required' },
    });
    const { app } = table;
    const other = backend === 'embedded' ? app : await openBeside(table.world.env, () => app.clock.now());
    const errors: string[] = [];
    const log = pino({ level: 'error' }, { write: (line) => void errors.push(line) });
    const all = [await ticking(app), await ticking(other)].map((deps) => ({ ...deps, log }));
    await table.tickAt('2030-01-07T07:59:59Z');
    expect(await table.editions()).toEqual([]);
    for (const monday of [MONDAY[0], MONDAY[1]]) {
      // The clock stands there already when they all look at it.
      await table.tickAt('2030-01-02T00:00:00Z');
      const now = () => Temporal.Instant.from(monday).add({ seconds: 20 });
      await Promise.all([...all, ...all, ...all].map((deps) => tick({ ...deps, now })));
    }
    expect(errors).toEqual([]);
    expect(await table.editions()).toMatchObject([
      { number: 1, slot: MONDAY[0] },
      { number: 2, slot: MONDAY[1] },
    ]);
  });

  test('after three weeks without anybody, one edition covers them all', async () => {
    const table = await makeTimetable(backend, {
      since: SINCE,
      newsletter: { ...WEEKLY, review: 'required' },
    });
    tells(table, { [MONDAY[0]]: ['Before'] });
    await startComposing(table.app);
    await table.tickAt('2030-01-07T08:00:30Z');
    await expect.poll(() => statesOf(table), SOON).toEqual(['in_review']);
    tells(table, {
      [MONDAY[0]]: ['Before'],
      '2030-01-09T10:00:00Z': ['First week'],
      '2030-01-17T10:00:00Z': ['Second week'],
      '2030-01-25T10:00:00Z': ['Third week'],
      '2030-01-29T10:00:00Z': ['Too late'],
    });
    await table.tickAt('2030-01-30T15:00:00Z');
    await expect.poll(() => statesOf(table), SOON).toEqual(['in_review', 'in_review']);
    const [, latest] = await table.editions();
    expect(latest).toMatchObject({ number: 2, slot: MONDAY[2], from: MONDAY[0], to: MONDAY[2] });
    expect(latest && (await table.titles(latest.id))).toEqual(['First week', 'Second week', 'Third week']);
    await table.tickAt('2030-01-30T15:01:00Z');
    expect(await table.editions()).toHaveLength(2);
  });

  test('without review it collects, composes, approves and sends by itself', async () => {
    const table = await makeTimetable(backend, {
      since: SINCE,
      newsletter: { ...WEEKLY, review: 'none' },
      readers: 5,
    });
    const { world } = table;
    tells(table, { [MONDAY[0]]: ['Alpha', 'Beta'] });
    await startWorking(table.app);
    await table.tickAt('2030-01-07T08:00:10Z');
    await expect.poll(() => statesOf(table), SOON).toEqual(['sent']);
    await table.tickAt('2030-01-07T08:01:10Z');
    const editions = await table.editions();
    expect(editions).toMatchObject([{ slot: MONDAY[0], from: '2029-12-31T08:00:00Z', to: MONDAY[0] }]);
    for (const { id } of editions) {
      expect(await table.titles(id)).toEqual(['Alpha', 'Beta']);
      expect(await table.audit(id)).toMatchObject({ whole: true, audience: 5, counts: { sent: 5 } });
    }
    expect(recipients(world.smtp)).toEqual(readers(5));
  });

  test('with review required it stops before a person, and nobody is mailed until they agree', async () => {
    const table = await makeTimetable(backend, {
      since: SINCE,
      newsletter: { ...WEEKLY, review: 'required' },
      readers: 3,
    });
    tells(table, { [MONDAY[0]]: ['Alpha'] });
    await startWorking(table.app);
    await table.tickAt('2030-01-07T08:00:10Z');
    await expect.poll(() => statesOf(table), SOON).toEqual(['in_review']);
    await table.tickAt('2030-01-07T08:01:10Z');
    expect(await statesOf(table)).toEqual(['in_review']);
    expect(table.world.smtp.total).toBe(0);
    const [edition] = await table.editions();
    if (edition) await approveEdition(table.app, edition.id, null);
    await expect.poll(() => statesOf(table), SOON).toEqual(['sent']);
    expect(recipients(table.world.smtp)).toEqual(readers(3));
  });

  test('too few articles: skipped with the reason, and the next edition covers both weeks', async () => {
    const table = await makeTimetable(backend, {
      since: SINCE,
      newsletter: { ...WEEKLY, review: 'required', minArticles: 2 },
    });
    tells(table, { '2030-01-04T10:00:00Z': ['Lonely'] });
    await startComposing(table.app);
    await table.tickAt('2030-01-07T08:00:10Z');
    await expect.poll(() => statesOf(table), SOON).toEqual(['skipped']);
    expect((await table.editions())[0]?.reason).toBe('1 of at least 2 articles lie in its window');
    tells(table, { '2030-01-04T10:00:00Z': ['Lonely'], '2030-01-10T10:00:00Z': ['Company'] });
    await table.tickAt('2030-01-14T08:00:10Z');
    await expect.poll(() => statesOf(table), SOON).toEqual(['skipped', 'in_review']);
    const [first, second] = await table.editions();
    expect(second).toMatchObject({ number: 2, from: first?.from, to: MONDAY[1] });
    expect(second && (await table.titles(second.id))).toEqual(['Company', 'Lonely']);
  });

  test('a broken template fails the edition with a sentence, and nobody is mailed', async () => {
    const template = addBrokenTemplate();
    const table = await makeTimetable(backend, {
      since: SINCE,
      newsletter: { ...WEEKLY, review: 'none', template },
      readers: 3,
    });
    tells(table, { [MONDAY[0]]: ['Alpha'] });
    await startWorking(table.app);
    await table.tickAt('2030-01-07T08:00:10Z');
    await expect.poll(() => statesOf(table), SOON).toEqual(['failed']);
    const [failed] = await table.editions();
    expect(failed?.reason).toMatch(
      new RegExp(`^Template ${template}/body\\.mjml, line \\d+(, column \\d+)?: .*\\.$`),
    );
    // The next week's goes out, and only that.
    await table.app.db.updateTable('newsletters').set({ template: 'digest' }).execute();
    await table.tickAt('2030-01-14T08:00:10Z');
    await expect.poll(() => statesOf(table), SOON).toEqual(['failed', 'sent']);
    expect(recipients(table.world.smtp)).toEqual(readers(3));
    const [, next] = await table.editions();
    expect(next && (await table.titles(next.id))).toEqual(['Alpha']);
  });

  test('a lost compose job is made up for by the next tick', async () => {
    const table = await makeTimetable(backend, {
      since: SINCE,
      newsletter: { ...WEEKLY, review: 'required' },
    });
    tells(table, { [MONDAY[0]]: ['Alpha'] });
    await table.tickAt('2030-01-07T08:00:10Z');
    expect(await emptyQueue(table.app, 'edition-compose')).toBe(1);
    expect(await statesOf(table)).toEqual(['draft']);
    await startComposing(table.app);
    await table.tickAt('2030-01-07T08:01:10Z');
    await expect.poll(() => statesOf(table), SOON).toEqual(['in_review']);
    const editions = await table.editions();
    expect(editions[0] && (await table.titles(editions[0].id))).toEqual(['Alpha']);
  });

  test('a time that the clocks skip happens all the same, once', async () => {
    const nightly = { schedule: '30 2 * * *', timeZone: 'Europe/Madrid', review: 'required' };
    const table = await makeTimetable(backend, { since: '2030-03-30T12:00:00Z', newsletter: nightly });
    // At 01:00 in UTC clocks go from 02:00 to 03:00: half past two is half past three.
    for (let minute = 50; minute < 130; minute += 1)
      await table.tickAt(Temporal.Instant.from('2030-03-31T00:00:00Z').add({ minutes: minute }).toString());
    await table.tickAt('2030-04-01T00:30:00Z');
    expect((await table.editions()).map((edition) => edition.slot)).toEqual([
      '2030-03-31T01:30:00Z',
      '2030-04-01T00:30:00Z',
    ]);
  });
});
