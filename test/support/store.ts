import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../../src/store/database.ts';
import { type Backend, makePlace } from './backends.ts';

/** A migrated database of the test's own, closed and removed when the test ends. */
export async function testStore(backend: Backend): Promise<Store> {
  const place = await makePlace(backend);
  const store = await openStore({ DATABASE_URL: place.env.DATABASE_URL, DATA_DIR: place.env.DATA_DIR ?? '' });
  onTestFinished(async () => {
    await store.close();
    await place.remove();
  });
  return store;
}
