import { messageOf, Problem } from '../ground/errors.ts';
import type { NewsletterId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import { type Added, addBatch, type Consent, type Person } from './add-batch.ts';
import { csvLine } from './csv-cells.ts';
import { readRow } from './csv-columns.ts';
import { type CsvFile, nameOf, openCsv, readRecords } from './csv-file.ts';
import { foldRows } from './fold-rows.ts';
import type { KeyHash } from './key-hash.ts';
import { NewFile } from './new-file.ts';

/** What an import came to, in rows. */
export interface ImportResult {
  readonly read: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly suppressed: number;
  readonly invalid: number;
  /** The file of the rows that were not taken, each with line and reason; null when all were. */
  readonly rejects: string | null;
  /** Sentences about what was left out of rows that were taken. */
  readonly warnings: readonly string[];
}

interface Deps {
  readonly db: Database;
  readonly keyHash: KeyHash;
  /** Told now and then how many rows have been imported. */
  readonly onProgress?: (rows: number) => void;
}

const BATCH = 1_000;

type Counts = Record<Added, number>;

/** What was strange in rows that are taken all the same: how often, and where first. */
class Strange {
  readonly #what: string;
  #count = 0;
  #first = '';

  constructor(what: string) {
    this.#what = what;
  }

  note(text: string | undefined, line: number): void {
    if (text === undefined) return;
    this.#count += 1;
    this.#first ||= `"${text.replace(/\p{C}/gu, '?').slice(0, 40)}" in line ${line}`;
  }

  sentences(): string[] {
    const rows = this.#count === 1 ? '1 row names' : `${this.#count} rows name`;
    if (this.#count === 0) return [];
    return [`${rows} a ${this.#what} that is not known here (first ${this.#first}); taken without it.`];
  }
}

/** Reads the whole file without changing anything: a file that breaks in its middle imports nobody. */
async function checkFile(file: CsvFile, rejects: NewFile) {
  const zones = new Strange('time zone');
  const languages = new Strange('language');
  let read = 0;
  let invalid = 0;
  for await (const { line, cells } of readRecords(file)) {
    read += 1;
    const row = readRow(file.columns, cells);
    if ('reason' in row) {
      if (invalid === 0) await rejects.write(csvLine(['line', 'reason', ...file.header]));
      invalid += 1;
      await rejects.write(csvLine([String(line), row.reason, ...cells]));
    } else {
      zones.note(row.strange.timeZone, line);
      languages.note(row.strange.language, line);
    }
  }
  return { read, invalid, warnings: [...zones.sentences(), ...languages.sentences()] };
}

/** A row of the file: who it names, and where it stands. */
async function* peopleOf(file: CsvFile): AsyncGenerator<Person> {
  const from = `import of ${nameOf(file.path)}, line `;
  for await (const { line, cells } of readRecords(file)) {
    const row = readRow(file.columns, cells);
    if ('email' in row) yield { ...row, evidence: `${from}${line}` };
  }
}

/** Adds a batch and counts it, rows of the same address folded into one. */
async function importBatch(
  deps: Deps,
  of: { newsletterId: NewsletterId; consent: Consent; rows: readonly Person[] },
  counts: Counts,
): Promise<void> {
  const { newsletterId, consent } = of;
  const { people, later } = foldRows(of.rows);
  const outcomes = await addBatch(deps, { newsletterId, consent, people });
  for (const outcome of outcomes.values()) counts[outcome] += 1;
  for (const { key, changes } of later) {
    const first = outcomes.get(key) ?? 'unchanged';
    if (first === 'suppressed') counts.suppressed += 1;
    else if (changes && first !== 'unchanged') counts.updated += 1;
    else counts.unchanged += 1;
  }
}

async function importPeople(
  deps: Deps,
  file: CsvFile,
  of: { newsletterId: NewsletterId; consent: Consent },
): Promise<Counts> {
  const counts: Counts = { added: 0, updated: 0, unchanged: 0, suppressed: 0 };
  const done = () => counts.added + counts.updated + counts.unchanged + counts.suppressed;
  let rows: Person[] = [];
  let underWay: Promise<void> | undefined;
  // One batch is with the database while the next is read; never two, so that counts and order stay plain.
  const flush = async () => {
    await underWay;
    deps.onProgress?.(done());
    underWay = importBatch(deps, { ...of, rows }, counts);
    underWay.catch(() => {});
    rows = [];
  };
  try {
    for await (const person of peopleOf(file)) {
      rows.push(person);
      if (rows.length >= BATCH) await flush();
    }
    if (rows.length > 0) await flush();
    await underWay;
    return counts;
  } catch (error) {
    await underWay?.catch(() => {});
    throw new Problem(
      'unavailable',
      `The import of ${nameOf(file.path)} stopped (${messageOf(error)}). The first ${done()} people are in, the others are not: import it again, nobody is added twice.`,
      { cause: error },
    );
  }
}

/** `list.csv` → `list.rejects.csv`. */
function rejectsPath(path: string): string {
  return `${path.replace(/\.csv$/i, '')}.rejects.csv`;
}

/**
 * Imports a CSV file into a newsletter's list. It is read twice: once to see that all of it is CSV, then for good, a
 * thousand people a transaction, so that a large list holds nobody up. Rows that cannot be taken go to a file beside it.
 * @param of `consent` is what the operator states about everybody on the list; `path` is absolute.
 * @throws Problem `bad_input` when the file is not a CSV with addresses, and nothing was imported; `unavailable` when
 *   the database went away meanwhile, saying how far it came.
 */
export async function importCsv(
  deps: Deps,
  of: { path: string; newsletterId: NewsletterId; consent: Consent },
): Promise<ImportResult> {
  const file = await openCsv(of.path);
  const rejects = new NewFile(rejectsPath(of.path));
  try {
    const { read, invalid, warnings } = await checkFile(file, rejects);
    const counts = await importPeople(deps, file, of);
    return { read, ...counts, invalid, rejects: await rejects.finish(), warnings };
  } finally {
    await rejects.discard();
  }
}
