import { describe, expect, test } from 'vitest';
import { decideUnsure } from '../../src/deliveries/control.ts';
import { fanOut } from '../../src/deliveries/fan-out.ts';
import { startSending } from '../../src/editions/lifecycle.ts';
import { unsubscribe } from '../../src/subscribers/unsubscribe.ts';
import { backends } from '../support/backends.ts';
import { makeWorld, readers, recipients, rss, SOON, type World } from '../support/world.ts';

const countsOf = async (world: World, id: Parameters<World['audit']>[0]) => (await world.audit(id)).counts;

describe.each(backends())('what servers answer, on %s', (backend) => {
  test('451 puts a delivery off, and the next try sends it', async () => {
    const world = await makeWorld(backend, { newsletter: {} });
    await world.app.db
      .updateTable('newsletters')
      .set({ retry_minutes: [0] })
      .execute();
    await world.addReaders(3);
    let refusals = 0;
    world.smtp.on('rcpt', ({ to }) => {
      if (to !== 'reader-2@example.com' || refusals > 0) return undefined;
      refusals += 1;
      return '451 4.2.0 busy, try again later';
    });
    const id = await world.approved();
    await world.deliver();
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect(refusals).toBe(1);
    expect(recipients(world.smtp)).toEqual(readers(3));
    const row = await world.app.db
      .selectFrom('deliveries')
      .select(['id', 'tries', 'claim'])
      .where('email', '=', 'reader-2@example.com')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ tries: 2, claim: 2 });
    const attempts = await world.app.db
      .selectFrom('attempts')
      .select(['n', 'outcome', 'code', 'enhanced'])
      .where('delivery_id', '=', row.id)
      .orderBy('n')
      .execute();
    expect(attempts).toEqual([
      { n: 1, outcome: 'deferred', code: 451, enhanced: '4.2.0' },
      { n: 2, outcome: 'accepted', code: 250, enhanced: expect.anything() },
    ]);
  });

  test('550 is final: bounced once, suppressed, and the next edition does not try', async () => {
    const world = await makeWorld(backend);
    await world.addReaders(3);
    world.smtp.on('rcpt', ({ to }) =>
      to === 'reader-1@example.com' ? '550 5.1.1 no such user here' : undefined,
    );
    const id = await world.approved();
    await world.deliver();
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect(await countsOf(world, id)).toMatchObject({ sent: 2, bounced: 1 });
    expect((await world.audit(id)).whole).toBe(true);
    const row = await world.app.db
      .selectFrom('deliveries')
      .select(['reason', 'tries'])
      .where('state', '=', 'bounced')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ tries: 1, reason: expect.stringContaining('no such user here') });
    const { reason } = await world.app.db
      .selectFrom('suppressions')
      .select('reason')
      .executeTakeFirstOrThrow();
    expect(reason).toBe('hard_bounce');
    world.smtp.on('rcpt', null);
    const tried = world.smtp.conversation.filter((line) => line.includes('reader-1@')).length;
    world.feed.on('/feed.xml', { body: rss(['Zeta']), headers: {} });
    const next = await world.approved();
    await expect.poll(() => world.stateOf(next), SOON).toBe('sent');
    expect(await countsOf(world, next)).toMatchObject({ sent: 2, suppressed: 1 });
    expect(world.smtp.conversation.filter((line) => line.includes('reader-1@'))).toHaveLength(tried);
  });

  test('who leaves between fan-out and send is not mailed', async () => {
    const world = await makeWorld(backend);
    const { db } = world.app;
    await world.addReaders(4);
    const id = await world.approved();
    await startSending(db, id);
    await fanOut(db, id);
    const { subscription_id } = await db
      .selectFrom('deliveries')
      .select('subscription_id')
      .where('email', '=', 'reader-3@example.com')
      .executeTakeFirstOrThrow();
    await unsubscribe({ db }, subscription_id, { editionId: null, deliveryId: null, how: 'page' });
    await world.deliver();
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect(recipients(world.smtp)).toEqual([
      'reader-1@example.com',
      'reader-2@example.com',
      'reader-4@example.com',
    ]);
    expect(await countsOf(world, id)).toMatchObject({ sent: 3, suppressed: 1 });
  });

  test('an answer lost after the hand-over is unsure: held, shown, and decided by a person', async () => {
    const world = await makeWorld(backend);
    await world.addReaders(2);
    world.smtp.on('body', ({ to }) => (to === 'reader-1@example.com' ? 'close' : undefined));
    const id = await world.approved();
    await world.deliver();
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect(await world.audit(id)).toMatchObject({ whole: true, unsure: 1, counts: { sent: 1, unsure: 1 } });
    expect(recipients(world.smtp)).toEqual(['reader-2@example.com']);
    world.smtp.on('body', null);
    const { id: delivery } = await world.app.db
      .selectFrom('deliveries')
      .select('id')
      .where('state', '=', 'unsure')
      .executeTakeFirstOrThrow();
    await decideUnsure(world.app.db, delivery, 'resend');
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect(recipients(world.smtp)).toEqual(readers(2));
    expect(await world.audit(id)).toMatchObject({ whole: true, unsure: 0, doubts: 1 });
  });
});
