import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { assertMigrated, migrate } from '../../src/store/migrate.ts';
import { engines } from '../support/backends.ts';
import { testStore } from '../support/store.ts';

describe.each(engines())('the door onto %s', (backend) => {
  test('gives the same values on every engine', async () => {
    const { db } = await testStore(backend);
    const at = Temporal.Instant.from('2026-11-23T09:00:00.123456Z');
    const { rows } = await sql<Record<string, unknown>>`
      select ${at}::timestamptz as at, 9007199254740993::int8 as big, array[1, 2]::int8[] as bigs, ${Buffer.from([0, 255])}::bytea as bytes,
             '{"a": 1}'::jsonb as json, array['x', null]::text[] as texts, true as yes, null::text as nothing, 7::int4 as small`.execute(
      db,
    );
    expect(rows[0]).toEqual({
      at,
      big: '9007199254740993',
      bigs: ['1', '2'],
      bytes: Buffer.from([0, 255]),
      json: '{"a": 1}',
      texts: ['x', null],
      yes: true,
      nothing: null,
      small: 7,
    });
  });

  test('takes arrays of every kind that groups use', async () => {
    const { db } = await testStore(backend);
    const at = Temporal.Instant.from('2026-11-23T09:00:00Z');
    const { rows } = await sql<Record<string, unknown>>`
      select * from unnest(${['5', '6']}::int8[], ${[at, null]}::timestamptz[], ${['a,"b"', null]}::text[], ${[true, false]}::bool[], ${[1, null]}::int4[]) as t(id, at, words, yes, n)`.execute(
      db,
    );
    expect(rows).toEqual([
      { id: '5', at, words: 'a,"b"', yes: true, n: 1 },
      { id: '6', at: null, words: null, yes: false, n: null },
    ]);
  });

  test("a transaction's rollback leaves another client's insert alone", async () => {
    const { db } = await testStore(backend);
    const rolledBack = db.transaction().execute(async (trx) => {
      await trx.insertInto('relays').values({ name: 'inside' }).execute();
      await Promise.resolve();
      throw new Error('roll back');
    });
    const outside = db.insertInto('relays').values({ name: 'outside' }).execute();
    await expect(rolledBack).rejects.toThrow('roll back');
    await outside;
    expect(await db.selectFrom('relays').select('name').execute()).toEqual([{ name: 'outside' }]);
  });

  test('a failed statement inside a transaction does not keep the door shut', async () => {
    const { db } = await testStore(backend);
    await expect(db.transaction().execute((trx) => sql`select * from nowhere`.execute(trx))).rejects.toThrow(
      'nowhere',
    );
    await expect(sql`select 1 as one`.execute(db)).resolves.toMatchObject({ rows: [{ one: 1 }] });
  });

  test('says how many rows a statement changed', async () => {
    const { db } = await testStore(backend);
    await db
      .insertInto('relays')
      .values([{ name: 'a' }, { name: 'b' }])
      .execute();
    const result = await db
      .updateTable('relays')
      .set({ name: 'c' })
      .where('name', '=', 'a')
      .executeTakeFirst();
    expect(result.numUpdatedRows).toBe(1n);
  });

  test('migrating twice changes nothing, and a migrated database is accepted', async () => {
    const { door } = await testStore(backend);
    expect(await migrate(door)).toEqual([]);
    await expect(assertMigrated(door)).resolves.toBeUndefined();
    await door.query('delete from applied_migrations', []);
    await expect(assertMigrated(door)).rejects.toThrow('Run: npx broadsheet migrate');
  });
});

test('a listener hears what is said on its channel, also behind a comment, and nothing after it stops', async () => {
  const { door } = await testStore('embedded');
  const client = await door.connect();
  const heard: unknown[] = [];
  client.on('notification', (message) => heard.push(message));
  await client.query('-- the jobs\n-- of all queues\nLISTEN news;\n', []);
  await door.query("select pg_notify('news', 'one'), pg_notify('other', 'two')", []);
  expect(heard).toEqual([{ channel: 'news', payload: 'one' }]);
  await client.query('unlisten news', []);
  await door.query("select pg_notify('news', 'three')", []);
  expect(heard).toHaveLength(1);
  client.release();
});
