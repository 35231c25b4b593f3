import { expect, test } from 'vitest';
import { createGroup } from '../../src/deliveries/group.ts';

test('what is added while a statement runs goes together with the next', async () => {
  const batches: number[][] = [];
  const open = Promise.withResolvers<void>();
  const group = createGroup<number, string>(
    async (items) => {
      batches.push([...items]);
      if (batches.length === 1) await open.promise;
      return items.map((item) => `did ${item}`);
    },
    { lanes: 1 },
  );
  const first = group.add(1);
  await expect.poll(() => batches.length).toBe(1);
  const rest = [group.add(2), group.add(3), group.add(4)];
  open.resolve();
  expect(await Promise.all([first, ...rest])).toEqual(['did 1', 'did 2', 'did 3', 'did 4']);
  expect(batches).toEqual([[1], [2, 3, 4]]);
});

test('a statement takes no more than its most, and an error reaches all of its items only', async () => {
  const sizes: number[] = [];
  const group = createGroup<number, number>(
    async (items) => {
      sizes.push(items.length);
      if (items.includes(1)) throw new Error('broken');
      return items;
    },
    { most: 2, lanes: 1 },
  );
  const results = await Promise.allSettled([1, 2, 3, 4, 5].map((item) => group.add(item)));
  expect(results.map((result) => result.status)).toEqual([
    'rejected',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
  expect(sizes).toEqual([2, 2, 1]);
});
