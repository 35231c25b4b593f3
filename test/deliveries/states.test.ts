import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { mayMove, STATES } from '../../src/deliveries/states.ts';
import { engines } from '../support/backends.ts';
import { testStore } from '../support/store.ts';

describe.each(engines())('the moves of a delivery, on %s', (backend) => {
  test('are the same in the database as in the code', async () => {
    const { db } = await testStore(backend);
    const pairs = STATES.flatMap((from) => STATES.filter((to) => to !== from).map((to) => ({ from, to })));
    const { rows } = await sql<{ from: string; to: string; may: boolean }>`
      select w as "from", b as "to", delivery_may_move(w, b) as may
        from unnest(${pairs.map((pair) => pair.from)}::text[], ${pairs.map((pair) => pair.to)}::text[]) as t(w, b)`.execute(
      db,
    );
    expect(rows).toEqual(pairs.map((pair) => ({ ...pair, may: mayMove(pair.from, pair.to) })));
  });
});
