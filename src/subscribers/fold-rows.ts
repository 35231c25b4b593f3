import type { Person } from './add-batch.ts';

/** Rows with each address once, and what became of the rows of an address after its first. */
export interface Folded {
  readonly people: readonly Person[];
  readonly later: readonly { readonly key: string; readonly changes: boolean }[];
}

/** What two rows of one address say together: a filled cell of the later one counts. */
function merge(first: Person, later: Person): Person {
  return {
    ...first,
    name: later.name ?? first.name,
    locale: later.locale ?? first.locale,
    timeZone: later.timeZone ?? first.timeZone,
    topics: later.topics.length > 0 ? later.topics : first.topics,
  };
}

const sameAs = (a: Person, b: Person): boolean =>
  a.name === b.name &&
  a.locale === b.locale &&
  a.timeZone === b.timeZone &&
  a.topics.join('\n') === b.topics.join('\n');

/** Folds rows of the same address into one person, who comes out as if the rows were added one after another. */
export function foldRows(rows: readonly Person[]): Folded {
  const people = new Map<string, Person>();
  const later: { key: string; changes: boolean }[] = [];
  for (const row of rows) {
    const before = people.get(row.key);
    const merged = before === undefined ? row : merge(before, row);
    if (before !== undefined) later.push({ key: row.key, changes: !sameAs(before, merged) });
    people.set(row.key, merged);
  }
  return { people: [...people.values()], later };
}
