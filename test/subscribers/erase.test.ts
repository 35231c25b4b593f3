import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { eraseSubscriber } from '../../src/subscribers/erase.ts';
import { listSubscribers } from '../../src/subscribers/list.ts';
import { showSubscriber } from '../../src/subscribers/subscribers.ts';
import { engines } from '../support/backends.ts';
import { keyHash, listOn } from './helpers.ts';

/** An edition in the middle of sending with one delivery for each subscription, the first in a given state. */
function addDeliveries(db: Database, state: 'sent' | 'queued' | 'sending') {
  return sql`
    with t as (insert into templates (name) values ('digest') returning id),
    v as (insert into template_versions (template_id, n, source, source_hash, state)
          select id, 1, '', '', 'published' from t returning id),
    e as (insert into editions (newsletter_id, number, kind, state, to_at, frozen, template_version_id, started_at)
          select n.id, 1, 'manual', 'sending', now(), '{}', v.id, now() from v, newsletters n returning id),
    r as (insert into worker_runs (host, pid) values ('here', 1) returning id)
    insert into deliveries (edition_id, subscriber_id, subscription_id, email, lane, state, run_id, finished_at)
    select e.id, p.id, s.id, p.email, 'example.com', ${state}, case ${state} when 'sending' then r.id end,
           case ${state} when 'sent' then now() end
      from e, r, subscriptions s join subscribers p on p.id = s.subscriber_id`.execute(db);
}

async function everythingStored(db: Database): Promise<string> {
  const { rows } = await sql`
    select (select json_agg(p)::text from subscribers p) as people, (select json_agg(s)::text from subscriptions s) as subscriptions,
           (select json_agg(d)::text from deliveries d) as deliveries, (select json_agg(x)::text from suppressions x) as suppressions,
           (select json_agg(c)::text from consents c) as consents`.execute(db);
  return JSON.stringify(rows).toLowerCase();
}

describe.each(engines())('erasing on %s', (backend) => {
  test.each(['sent', 'queued'] as const)(
    'nothing of the person stays, their %s mail neither',
    async (state) => {
      const { db, newsletterId, add } = await listOn(backend);
      await add('Ann.Lee@example.com', {
        name: 'Zoltana',
        timeZone: 'Asia/Tbilisi',
        topics: ['numismatics'],
      });
      await add('bob@example.com');
      await addDeliveries(db, state);
      await eraseSubscriber({ db, keyHash }, 'ann.lee@example.com');
      const stored = await everythingStored(db);
      for (const trace of ['ann.lee', 'zoltana', 'tbilisi', 'numismatics'])
        expect(stored).not.toContain(trace);
      const rows = await db.selectFrom('deliveries').select(['email', 'state']).orderBy('id').execute();
      expect(rows).toEqual([
        { email: 'erased', state },
        { email: 'bob@example.com', state },
      ]);
      const page = await listSubscribers(db, { newsletterId, state: null, limit: 10, after: null });
      expect(page.subscribers.map(({ email }) => email)).toEqual(['bob@example.com']);
      const states = await db.selectFrom('subscriptions').select('state').orderBy('id').execute();
      expect(states.map((row) => row.state)).toEqual(['unsubscribed', 'active']);
    },
  );

  test('the address is remembered as suppressed, and does not come back', async () => {
    const { db, add } = await listOn(backend);
    await add('ann@example.com');
    await db
      .insertInto('suppressions')
      .values({
        key_hash: keyHash('ann@example.com'),
        reason: 'hard_bounce',
        evidence: '550 ann@example.com unknown',
      })
      .execute();
    await eraseSubscriber({ db, keyHash }, 'Ann@example.com');
    expect(await db.selectFrom('suppressions').select(['reason', 'scope', 'evidence']).execute()).toEqual([
      { reason: 'erased', scope: 'everything', evidence: '' },
    ]);
    expect(await add('ann@example.com')).toBe('suppressed');
    await expect(eraseSubscriber({ db, keyHash }, 'ann@example.com')).rejects.toMatchObject({
      kind: 'not_found',
    });
  });

  test('while a mail is being sent, nothing is erased', async () => {
    const { db, add } = await listOn(backend);
    await add('ann@example.com', { name: 'Ann' });
    await addDeliveries(db, 'sending');
    const before = await everythingStored(db);
    await expect(eraseSubscriber({ db, keyHash }, 'ann@example.com')).rejects.toMatchObject({
      kind: 'conflict',
    });
    expect(await everythingStored(db)).toBe(before);
    expect((await showSubscriber(db, 'ann@example.com')).suppression).toBeNull();
  });

  test('two people can be erased', async () => {
    const { db, add } = await listOn(backend);
    await add('ann@example.com');
    await add('bob@example.com');
    await eraseSubscriber({ db, keyHash }, 'ann@example.com');
    await eraseSubscriber({ db, keyHash }, 'bob@example.com');
    const erased = await db
      .selectFrom('subscribers')
      .select('email')
      .where('erased_at', 'is not', null)
      .execute();
    expect(erased).toHaveLength(2);
  });
});
