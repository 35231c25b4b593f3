import { readLocale, readName, readTimeZone, readTopics } from './attributes.ts';
import { unguardCell } from './csv-cells.ts';
import { readEmail } from './email.ts';

/** Where in a row each thing stands. */
export interface Columns {
  /** Number of cells that a row should have. */
  readonly width: number;
  readonly email: number;
  readonly name: number;
  readonly firstName: number;
  readonly lastName: number;
  readonly timeZone: number;
  readonly locale: number;
  readonly topics: number;
  readonly state: number;
  /** Columns where anything but "no" says that the person must not be mailed. */
  readonly gone: readonly { readonly index: number; readonly title: string }[];
}

/** The usual names of columns, without case, spaces, `-` and `_`. */
const NAMES = {
  email: ['email', 'emailaddress', 'mail', 'mailaddress', 'emailid', 'subscriberemail'],
  name: ['name', 'fullname', 'displayname', 'subscribername'],
  firstName: ['firstname', 'givenname', 'fname', 'forename'],
  lastName: ['lastname', 'familyname', 'lname', 'surname'],
  timeZone: ['timezone', 'tz'],
  locale: ['language', 'locale', 'lang'],
  topics: ['topics', 'topic', 'interests'],
  state: ['state', 'status', 'subscriptionstatus', 'subscriberstatus', 'emailstatus'],
} as const;

/** Columns by which other programs say that somebody left, was dropped, or switched mail off. */
const GONE = new Set(
  `unsubscribed unsubscribedat unsubscribeddate unsubscribetime unsubtime unsubdate optedout optout optouttime
   cleantime cleaned cleanedat bounced bouncedat complained complainedat suppressed emaildisabled donotemail
   blocklisted blacklisted`.split(/\s+/),
);
/** Words of a state column that say the same, or that nobody has confirmed yet. */
const GONE_STATES = new Set(
  `unsubscribed unsub cleaned bounced hardbounced complained complaint spam optedout optout removed deleted erased
   suppressed disabled blocked blocklisted blacklisted invalid inactive paused pending unconfirmed nonsubscribed
   transactional`.split(/\s+/),
);
const NO = new Set(['', 'no', 'false', '0', 'n', 'f', 'never', 'null', 'none']);

/** A person as a row tells it, or why it cannot be taken. */
export type Row =
  | {
      readonly email: string;
      readonly key: string;
      readonly name: string | null;
      readonly locale: string | null;
      readonly timeZone: string | null;
      readonly topics: readonly string[];
      /** What was written there and could not be understood: the person is taken without it. */
      readonly strange: { readonly timeZone?: string; readonly language?: string };
    }
  | { readonly reason: string };

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-"'.:*]+/g, '');

/** Finds the columns by a header row; null when none is for the address. */
export function findColumns(header: readonly string[]): Columns | null {
  const titles = header.map(plain);
  const at = (names: readonly string[]) => titles.findIndex((title) => names.includes(title));
  const email = at(NAMES.email);
  if (email < 0) return null;
  return {
    width: header.length,
    email,
    name: at(NAMES.name),
    firstName: at(NAMES.firstName),
    lastName: at(NAMES.lastName),
    timeZone: at(NAMES.timeZone),
    locale: at(NAMES.locale),
    topics: at(NAMES.topics),
    state: at(NAMES.state),
    gone: header.flatMap((title, index) =>
      GONE.has(titles[index] ?? '') ? [{ index, title: title.trim() }] : [],
    ),
  };
}

/** Why a row must not be mailed by its own words, or null. */
function goneBy(columns: Columns, cellAt: (index: number) => string): string | null {
  const state = cellAt(columns.state);
  if (GONE_STATES.has(plain(state))) return `the file says that the state is "${state}"`;
  const gone = columns.gone.find(({ index }) => !NO.has(cellAt(index).toLowerCase()));
  return gone === undefined
    ? null
    : `the file says "${cellAt(gone.index).slice(0, 60)}" under ${gone.title.slice(0, 60)}`;
}

/** Quotes that swallowed the rows after them leave a cell that starts with one and runs over lines. */
function swallowed(columns: Columns, cells: readonly string[]): boolean {
  const { email, name, firstName, lastName } = columns;
  return cells.some(
    (cell, index) =>
      /[\r\n]/.test(cell) && (cell.startsWith('"') || [email, name, firstName, lastName].includes(index)),
  );
}

/** Reads one row. Formulas are only text here, and stay so. */
export function readRow(columns: Columns, cells: readonly string[]): Row {
  const cellAt = (index: number) => unguardCell((cells[index] ?? '').trim());
  if (swallowed(columns, cells))
    return { reason: 'a quote before it is not closed, or a cell runs over several lines' };
  if (cells.length > columns.width && cells.slice(columns.width).some((cell) => cell.trim() !== ''))
    return { reason: `it has ${cells.length} cells where the first row has ${columns.width}` };
  const address = readEmail(cellAt(columns.email));
  if ('reason' in address) return { reason: `the address cannot be used: ${address.reason}` };
  const gone = goneBy(columns, cellAt);
  if (gone !== null) return { reason: gone };
  const zone = cellAt(columns.timeZone);
  const language = cellAt(columns.locale);
  const timeZone = zone === '' ? null : readTimeZone(zone);
  const locale = language === '' ? null : readLocale(language);
  return {
    ...address,
    name: readName(cellAt(columns.name) || `${cellAt(columns.firstName)} ${cellAt(columns.lastName)}`),
    locale,
    timeZone,
    topics: readTopics(cellAt(columns.topics).split(/[;|]/)),
    strange: {
      ...(zone !== '' && timeZone === null ? { timeZone: zone } : {}),
      ...(language !== '' && locale === null ? { language } : {}),
    },
  };
}
