import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DONE, defineJob } from '../../src/queue/define-job.ts';
import { markEpoch, readEpoch } from '../../src/queue/epoch.ts';
import { backends } from '../support/backends.ts';
import { testQueues } from '../support/queues.ts';

const greet = defineJob('test-greet', z.object({ name: z.string() }));

describe.each(backends())('the queue on %s', (backend) => {
  test('works each id once, and takes it again when it is finished', async () => {
    const { queues } = await testQueues(backend);
    const job = { id: 'greet-1', payload: { name: 'Ada' } };
    await queues.add(greet, [job, job, { id: 'greet-2', payload: { name: 'Bo' } }]);
    await queues.add(greet, [job]);
    expect(await queues.backlog(greet)).toBe(2);
    const seen: string[] = [];
    const { promise: three, resolve } = Promise.withResolvers<void>();
    queues.work(greet, 2, async ({ name }) => {
      seen.push(name);
      if (seen.length === 2)
        setImmediate(() => void queues.add(greet, [{ id: 'greet-3', payload: { name: 'Cy' } }]));
      if (seen.length === 3) resolve();
      return DONE;
    });
    await three;
    expect(seen.sort()).toEqual(['Ada', 'Bo', 'Cy']);
  });

  test('a handler that throws has its job again, and one that asks for later gets it later', async () => {
    const { queues } = await testQueues(backend);
    await queues.add(greet, [{ id: 'greet-1', payload: { name: 'Ada' } }]);
    let calls = 0;
    const { promise: end, resolve } = Promise.withResolvers<number>();
    queues.work(greet, 1, async (_payload, attempt) => {
      calls += 1;
      if (calls === 1) throw new Error('an accident');
      if (calls === 2) return { againInMs: 50 };
      resolve(attempt);
      return DONE;
    });
    expect(await end).toBe(2);
  });

  test('keeps its epoch until it is lost', async () => {
    const { queues } = await testQueues(backend);
    expect(await readEpoch(queues)).toBeNull();
    expect(await markEpoch(queues, 'one')).toBe('one');
    expect(await markEpoch(queues, 'two')).toBe('one');
  });
});
