import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { parse as parseNow } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { codeOf, messageOf, Problem } from '../ground/errors.ts';
import { type Columns, findColumns } from './csv-columns.ts';

/** How to read a CSV file, found out from the file itself. */
export interface CsvFile {
  readonly path: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  readonly delimiter: string;
  /** True when the first line is `sep=;`, which spreadsheets write for each other. */
  readonly sepLine: boolean;
  readonly header: readonly string[];
  readonly columns: Columns;
}

export interface CsvRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Characters of one record: beyond that a quote was never closed. */
const LONGEST_RECORD = 100_000;
/** Holds the longest header, whatever its characters take. */
const HEAD_BYTES = 512 * 1024;
const DELIMITERS = [',', ';', '\t'];
const RULES = {
  bom: true,
  relax_quotes: true,
  relax_column_count: true,
  record_delimiter: ['\r\n', '\n', '\r'],
  max_record_size: LONGEST_RECORD,
};

/** A file's name as it may be said on a terminal. */
export function nameOf(path: string): string {
  return basename(path).replace(/\p{C}/gu, '?');
}

function refuse(path: string, why: string): never {
  throw new Problem('bad_input', `${nameOf(path)} ${why}`);
}

async function readHead(path: string): Promise<Buffer> {
  try {
    if (!(await stat(path)).isFile()) refuse(path, 'is not a file. Nothing was imported: name a CSV file.');
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    const why = codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${messageOf(error)})`;
    throw new Problem('bad_input', `${nameOf(path)} ${why}. Nothing was imported.`, { cause: error });
  }
}

/** UTF-16 by its mark; else UTF-8 if every byte of the file is, else what Windows programs write in the West. */
async function findEncoding(path: string, head: Buffer): Promise<CsvFile['encoding']> {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const strict = new TextDecoder('utf-8', { fatal: true });
  let valid = true;
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    if (chunk.includes(0))
      refuse(path, 'is not a text file. Nothing was imported: save the list as CSV first.');
    if (valid) valid = decodes(strict, chunk);
  }
  return valid && decodes(strict) ? 'utf-8' : 'windows-1252';
}

function decodes(decoder: TextDecoder, chunk?: Uint8Array): boolean {
  try {
    decoder.decode(chunk, { stream: chunk !== undefined });
    return true;
  } catch (error) {
    if (codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') return false;
    throw error;
  }
}

function firstRow(text: string, delimiter: string): string[] {
  try {
    const rows: string[][] = parseNow(text, { ...RULES, delimiter, to: 1, skip_empty_lines: true });
    return rows[0] ?? [];
  } catch (error) {
    if (codeOf(error)?.startsWith('CSV_')) return [];
    throw error;
  }
}

/** The delimiter under which the first row has an address column, and the most others. */
function findHeader(text: string, delimiters: readonly string[]) {
  const found = delimiters.flatMap((delimiter) => {
    const header = firstRow(text, delimiter);
    const columns = findColumns(header);
    return columns === null ? [] : [{ delimiter, header, columns }];
  });
  return found.sort((a, b) => b.columns.width - a.columns.width)[0];
}

function noAddressColumn(path: string, text: string): never {
  const row =
    DELIMITERS.map((delimiter) => firstRow(text, delimiter)).sort((a, b) => b.length - a.length)[0] ?? [];
  const titles = row.slice(0, 8).map((cell) => `"${cell.trim().slice(0, 30).replace(/\p{C}/gu, '?')}"`);
  const found = titles.length === 0 ? 'nothing' : `${titles.join(', ')}${row.length > 8 ? ' and more' : ''}`;
  return refuse(
    path,
    `has no column for the address: its first row must name one of them "email", and has ${found}. Nothing was imported.`,
  );
}

/**
 * Finds out how a file is to be read.
 * @throws Problem (`bad_input`) when it is not a CSV file whose first row names a column for the address.
 */
export async function openCsv(path: string): Promise<CsvFile> {
  const head = await readHead(path);
  const encoding = await findEncoding(path, head);
  const text = iconv.decode(head, encoding);
  if (text.trim() === '') refuse(path, 'is empty. Nothing was imported.');
  if (/[^\P{Cc}\t\r\n]/u.test(text.slice(0, 4096)))
    refuse(path, 'is not a text file. Nothing was imported: save the list as CSV first.');
  if (/^\s*</.test(text)) refuse(path, 'is a web page or XML, not a CSV file. Nothing was imported.');
  const sep = /^sep=([,;\t|])\r?\n/i.exec(text);
  const rest = text.slice(sep?.[0].length ?? 0);
  const found = findHeader(rest, sep?.[1] === undefined ? DELIMITERS : [sep[1]]);
  if (found === undefined) return noAddressColumn(path, rest);
  return { path, encoding, sepLine: sep !== null, ...found };
}

/**
 * The records after the header, one after another, however large the file is. Empty lines are left out.
 * @throws Problem (`bad_input`) where the file stops being CSV.
 */
export async function* readRecords(file: CsvFile): AsyncGenerator<CsvRecord> {
  const parser = parse({ ...RULES, delimiter: file.delimiter });
  const input = createReadStream(file.path, { highWaterMark: 256 * 1024 });
  // What goes wrong in any of them comes out of the parser, below.
  if (file.encoding === 'utf-8') pipeline(input, parser, () => {});
  else pipeline(input, iconv.decodeStream(file.encoding), parser, () => {});
  let line = 1;
  let skip = file.sepLine ? 2 : 1;
  try {
    for await (const record of parser) {
      const cells: string[] = record;
      const begin = line;
      line += 1 + linesWithin(cells);
      if (cells.every((cell) => cell.trim() === '')) continue;
      if (skip > 0) skip -= 1;
      else yield { line: begin, cells };
    }
  } catch (error) {
    throw brokenAt(file, line, error);
  }
}

function linesWithin(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) if (/[\r\n]/.test(cell)) count += cell.match(/\r\n|\n|\r/g)?.length ?? 0;
  return count;
}

function brokenAt(file: CsvFile, line: number, error: unknown): unknown {
  if (!codeOf(error)?.startsWith('CSV_')) return error;
  return new Problem(
    'bad_input',
    `${nameOf(file.path)} stops being CSV after line ${Math.max(1, line - 1)}: most likely a quote is opened there and never closed. Nothing was imported: mend it and try again.`,
    { cause: error },
  );
}
