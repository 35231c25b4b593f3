import type { NewsletterId, SubscriptionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import { csvLine } from './csv-cells.ts';
import { type Listed, type ListPage, listSubscribers } from './list.ts';

const PAGE = 5_000;
const HEADER = [
  'email',
  'name',
  'state',
  'topics',
  'time_zone',
  'language',
  'pace',
  'subscribed_at',
  'unsubscribed_at',
];

function cellsOf(listed: Listed): string[] {
  return [
    listed.email,
    listed.name ?? '',
    listed.state,
    listed.topics.join(';'),
    listed.timeZone ?? '',
    listed.locale ?? '',
    listed.pace,
    listed.createdAt.toString(),
    listed.unsubscribedAt?.toString() ?? '',
  ];
}

/**
 * Writes a newsletter's whole list as CSV, in every state, without those who were erased. Cells that a spreadsheet
 * would run are guarded; an import undoes that.
 * @param write is given some thousand lines at a time and waited for.
 * @returns the number of people.
 */
export async function exportCsv(
  db: Database,
  newsletterId: NewsletterId,
  write: (text: string) => Promise<void> | void,
): Promise<number> {
  await write(csvLine(HEADER));
  let after: SubscriptionId | null = null;
  let count = 0;
  do {
    const page: ListPage = await listSubscribers(db, {
      newsletterId,
      state: null,
      limit: PAGE,
      after,
    });
    if (page.subscribers.length > 0)
      await write(page.subscribers.map((row) => csvLine(cellsOf(row))).join(''));
    count += page.subscribers.length;
    after = page.next;
  } while (after !== null);
  return count;
}
