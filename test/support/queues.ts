import { onTestFinished } from 'vitest';
import { readConfig } from '../../src/ground/config.ts';
import { silentLog } from '../../src/ground/log.ts';
import { openBackend } from '../../src/queue/backend.ts';
import { Queues } from '../../src/queue/queues.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { type Backend, makePlace } from './backends.ts';

/** A queue (and its database) of the test's own, closed and removed when the test ends. */
export async function testQueues(backend: Backend): Promise<{ queues: Queues; store: Store }> {
  const place = await makePlace(backend);
  const config = readConfig(place.env);
  const store = await openStore(config);
  const queues = new Queues(await openBackend(config, store, silentLog()), silentLog());
  onTestFinished(async () => {
    await queues.close();
    await store.close();
    await place.remove();
  });
  return { queues, store };
}
