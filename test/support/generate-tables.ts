import { readFile, writeFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { migrate } from '../../src/store/migrate.ts';
import { PGliteDoor, pgliteSession } from '../../src/store/pglite-door.ts';
import { PARSERS } from '../../src/store/values.ts';

/** Where the generated types live. */
export const TABLES_FILE = new URL('../../src/store/tables.ts', import.meta.url);

const TYPES: Record<string, string> = {
  int8: 'string',
  int4: 'number',
  int2: 'number',
  bool: 'boolean',
  text: 'string',
  bytea: 'Buffer',
  jsonb: 'string',
  timestamptz: 'Temporal.Instant',
  _text: 'string[]',
  _int4: 'number[]',
};

const COLUMNS = `
  select c.relname as "table", a.attname as "column", t.typname as type, not a.attnotnull as nullable,
         a.attidentity <> '' as identity, a.attgenerated <> '' as generated, a.atthasdef as defaulted,
         (select pg_get_constraintdef(k.oid) from pg_constraint k
           where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
             and pg_get_constraintdef(k.oid) like '%ANY (ARRAY[%' limit 1) as choices
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
   order by c.relname, a.attnum`;

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly identity: boolean;
  readonly generated: boolean;
  readonly defaulted: boolean;
  readonly choices: string | null;
}

/** `id` of editions and `edition_id` anywhere are an EditionId: a number of another noun does not fit. */
const BRANDS: Record<string, string> = {
  articles: 'ArticleId',
  article_id: 'ArticleId',
  deliveries: 'DeliveryId',
  delivery_id: 'DeliveryId',
  editions: 'EditionId',
  edition_id: 'EditionId',
  newsletters: 'NewsletterId',
  newsletter_id: 'NewsletterId',
  parent_id: 'EditionId',
  relays: 'RelayId',
  relay_id: 'RelayId',
  run_id: 'RunId',
  worker_runs: 'RunId',
  sources: 'SourceId',
  source_id: 'SourceId',
  subscribers: 'SubscriberId',
  subscriber_id: 'SubscriberId',
  subscriptions: 'SubscriptionId',
  subscription_id: 'SubscriptionId',
  template_versions: 'TemplateVersionId',
  template_version_id: 'TemplateVersionId',
};

/** A CHECK that lists words becomes a union of them. */
function baseType(column: Column): string {
  const brand = BRANDS[column.column === 'id' ? column.table : column.column];
  if (brand !== undefined && column.type === 'int8') return brand;
  const words =
    column.type === 'text' && column.choices ? [...column.choices.matchAll(/'([^']+)'::text/g)] : [];
  if (words.length > 0) return words.map((word) => `'${word[1]}'`).join(' | ');
  const type = TYPES[column.type];
  if (type === undefined)
    throw new Error(`no TypeScript type is known for ${column.table}.${column.column} (${column.type})`);
  return type;
}

function propertyOf(column: Column): string {
  const type = column.nullable ? `${baseType(column)} | null` : baseType(column);
  if (column.identity || column.generated) return `  ${column.column}: GeneratedAlways<${type}>;`;
  return `  ${column.column}: ${column.defaulted ? `Generated<${type}>` : type};`;
}

function nameOf(table: string): string {
  return `${table.replace(/(^|_)(\w)/g, (_, _gap, letter: string) => letter.toUpperCase())}Table`;
}

/** The text of `src/store/tables.ts` as the migrations make it, read back from a real database. */
export async function generateTables(): Promise<string> {
  const engine = await PGlite.create({ parsers: { ...PARSERS } });
  const door = new PGliteDoor(pgliteSession(engine), PARSERS);
  await migrate(door);
  const { rows } = await door.query<Column>(COLUMNS, []);
  await engine.close();
  const tables = Map.groupBy(rows, (column) => column.table);
  const parts = [...tables].map(
    ([table, own]) => `export interface ${nameOf(table)} {\n${own.map(propertyOf).join('\n')}\n}\n`,
  );
  const ids = [...new Set(Object.values(BRANDS))].sort();
  const index = [...tables.keys()].map((table) => `  ${table}: ${nameOf(table)};`).join('\n');
  return [
    '// Generated from the migrations by `npm run tables`; a test compares. Do not edit.',
    "import type { Generated, GeneratedAlways } from 'kysely';",
    `import type { ${ids.join(', ')} } from '../ground/ids.ts';\n`,
    ...parts,
    `export interface Tables {\n${index}\n}\n`,
  ].join('\n');
}

if (process.argv.includes('--write')) {
  const text = await generateTables();
  if (text !== (await readFile(TABLES_FILE, 'utf8').catch(() => ''))) await writeFile(TABLES_FILE, text);
}
