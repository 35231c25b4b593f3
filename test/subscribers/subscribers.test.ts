import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { listSubscribers } from '../../src/subscribers/list.ts';
import { showSubscriber } from '../../src/subscribers/subscribers.ts';
import { unsubscribe } from '../../src/subscribers/unsubscribe.ts';
import { makeNewsletter } from '../newsletters/helpers.ts';
import { engines } from '../support/backends.ts';
import { keyHash, listOn } from './helpers.ts';

const BY_COMMAND = { editionId: null, deliveryId: null, how: 'command' } as const;

describe.each(engines())('subscribers on %s', (backend) => {
  test('a person is added once, whatever the spelling; what is new is filled in', async () => {
    const { db, add } = await listOn(backend);
    expect(await add('Ann@Example.com', { name: ' Ann\r\n Lee ', topics: ['a', ' b ', 'a', ''] })).toBe(
      'added',
    );
    expect(await add('ann@example.com')).toBe('unchanged');
    expect(await add('ann@example.com', { timeZone: 'europe/madrid', locale: 'pt_br' })).toBe('updated');
    expect(await add('ann@example.com', { topics: ['c'] })).toBe('updated');
    expect(await showSubscriber(db, 'ANN@example.com')).toMatchObject({
      email: 'Ann@Example.com',
      name: 'Ann Lee',
      timeZone: 'Europe/Madrid',
      locale: 'pt-BR',
      suppression: null,
      subscriptions: [
        {
          newsletter: 'weekly',
          state: 'active',
          topics: ['c'],
          consents: [{ kind: 'confirmed', evidence: 'a test' }],
        },
      ],
    });
  });

  test('the same person may have several newsletters', async () => {
    const { db, add } = await listOn(backend);
    const { id } = await makeNewsletter(db, 'monthly');
    expect(await add('ann@example.com')).toBe('added');
    expect(await add('ann@example.com', { newsletterId: id })).toBe('added');
    const { subscriptions } = await showSubscriber(db, 'ann@example.com');
    expect(subscriptions.map(({ newsletter }) => newsletter)).toEqual(['weekly', 'monthly']);
  });

  test('a pending subscription becomes active, with its consent', async () => {
    const { db, add } = await listOn(backend);
    await add('ann@example.com');
    await sql`update subscriptions set state = 'pending'`.execute(db);
    expect(await add('ann@example.com', { consent: 'imported', evidence: 'a list' })).toBe('updated');
    const [subscription] = (await showSubscriber(db, 'ann@example.com')).subscriptions;
    expect(subscription).toMatchObject({
      state: 'active',
      consents: [{}, { kind: 'imported', evidence: 'a list' }],
    });
  });

  test('who is suppressed is not added, and leaves no row', async () => {
    const { db, add } = await listOn(backend);
    await db
      .insertInto('suppressions')
      .values({ key_hash: keyHash('ann@example.com'), reason: 'complaint' })
      .execute();
    expect(await add('Ann@example.com')).toBe('suppressed');
    await expect(showSubscriber(db, 'ann@example.com')).rejects.toMatchObject({ kind: 'not_found' });
  });

  test('who has left is not brought back, nor changed', async () => {
    const { db, add } = await listOn(backend);
    await add('ann@example.com', { name: 'Ann' });
    const [before] = (await showSubscriber(db, 'ann@example.com')).subscriptions;
    await unsubscribe({ db }, before?.id ?? '', BY_COMMAND);
    expect(await add('ann@example.com', { name: 'Another', topics: ['x'] })).toBe('unchanged');
    const { name, subscriptions } = await showSubscriber(db, 'ann@example.com');
    expect(name).toBe('Ann');
    expect(subscriptions).toMatchObject([
      { state: 'unsubscribed', topics: [], consents: [{}, { kind: 'unsubscribed' }] },
    ]);
  });

  test('a time zone or language that is none is refused', async () => {
    const { db, add } = await listOn(backend);
    await expect(add('ann@example.com', { timeZone: 'Mars/X' })).rejects.toThrow(
      '"Mars/X" is not a time zone',
    );
    await expect(add('ann@example.com', { timeZone: '+02:00' })).rejects.toThrow('is not a time zone');
    await expect(add('ann@example.com', { locale: '!' })).rejects.toThrow('is not a language');
    await expect(showSubscriber(db, 'ann@example.com')).rejects.toMatchObject({ kind: 'not_found' });
  });

  test('unsubscribing twice leaves once, and an unknown subscription is null', async () => {
    const { db, add } = await listOn(backend);
    await add('ann@example.com');
    const id = (await showSubscriber(db, 'ann@example.com')).subscriptions[0]?.id ?? '';
    const evidence = { editionId: '36', deliveryId: '1234', how: 'one-click' } as const;
    const left = { newsletter: { name: 'Weekly Dose', slug: 'weekly' }, email: 'ann@example.com' };
    const both = await Promise.all([unsubscribe({ db }, id, evidence), unsubscribe({ db }, id, BY_COMMAND)]);
    expect(both).toEqual([left, left]);
    const [after] = (await showSubscriber(db, 'ann@example.com')).subscriptions;
    expect(after).toMatchObject({ state: 'unsubscribed', unsubscribedAt: expect.any(Temporal.Instant) });
    expect(after?.consents.filter(({ kind }) => kind === 'unsubscribed')).toHaveLength(1);
    for (const unknown of ['999', '0', '', '1; drop table', '9'.repeat(30)])
      expect(await unsubscribe({ db }, unknown, BY_COMMAND)).toBeNull();
  });

  test('the mail that a person left by is noted', async () => {
    const { db, add } = await listOn(backend);
    await add('ann@example.com');
    const id = (await showSubscriber(db, 'ann@example.com')).subscriptions[0]?.id ?? '';
    await unsubscribe({ db }, id, { editionId: '36', deliveryId: '1234', how: 'one-click' });
    const [after] = (await showSubscriber(db, 'ann@example.com')).subscriptions;
    expect(after?.consents.at(-1)?.evidence).toBe('one-click, edition 36, delivery 1234');
  });

  test('the list comes in pages, each person once', async () => {
    const { db, newsletterId, add } = await listOn(backend);
    const everybody = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@example.com`);
    for (const email of everybody) await add(email);
    await sql`update subscriptions set state = 'paused' where id = (select min(id) from subscriptions)`.execute(
      db,
    );
    const of = { newsletterId, state: null, limit: 2 };
    const first = await listSubscribers(db, { ...of, after: null });
    const second = await listSubscribers(db, { ...of, after: first.next });
    const third = await listSubscribers(db, { ...of, after: second.next });
    const seen = [first, second, third].flatMap(({ subscribers }) => subscribers.map(({ email }) => email));
    expect(seen).toEqual(everybody);
    expect(third.next).toBeNull();
    const active = await listSubscribers(db, { newsletterId, state: 'active', limit: 4, after: null });
    expect(active.subscribers.map(({ email }) => email)).toEqual(everybody.slice(1));
    expect(active.next).toBeNull();
  });
});
