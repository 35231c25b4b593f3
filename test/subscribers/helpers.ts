import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createKeyHash } from '../../src/subscribers/key-hash.ts';
import { addSubscriber, type NewSubscriber } from '../../src/subscribers/subscribers.ts';
import { makeNewsletter } from '../newsletters/helpers.ts';
import type { Backend } from '../support/backends.ts';
import { testStore } from '../support/store.ts';

export const keyHash = createKeyHash('a secret of thirty-two letters or more');

/** A database with one newsletter, and a short way to add people to it. */
export async function listOn(backend: Backend) {
  const { db } = await testStore(backend);
  const { id: newsletterId } = await makeNewsletter(db);
  const add = (email: string, given: Partial<NewSubscriber> = {}) =>
    addSubscriber(
      { db, keyHash },
      {
        newsletterId,
        email,
        name: null,
        timeZone: null,
        locale: null,
        topics: [],
        consent: 'confirmed',
        evidence: 'a test',
        ...given,
      },
    );
  return { db, newsletterId, add };
}

/** A folder that goes with the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'broadsheet-lists-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Writes a file into a folder of its own. */
export function fileOf(content: string | Buffer, name = 'list.csv'): string {
  const path = join(folder(), name);
  writeFileSync(path, content);
  return path;
}
