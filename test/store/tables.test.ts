import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generateTables, TABLES_FILE } from '../support/generate-tables.ts';

test('the table types in the tree are those that the migrations make (mend with: npm run tables)', async () => {
  const plain = (text: string) =>
    text.replace(/\s+/g, '').replaceAll(':|', ':').replaceAll(';', '').replaceAll(',', '');
  expect(plain(await readFile(TABLES_FILE, 'utf8'))).toBe(plain(await generateTables()));
});
