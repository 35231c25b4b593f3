import { cpus, loadavg } from 'node:os';
import type { Figure, Measured, Ratio, Skipped } from './bench.ts';

/** A benchmark's name and what it found, with the machine's load (one minute) before and after. */
export interface Entry {
  readonly name: string;
  readonly load: readonly [number, number];
  readonly found: Measured | Skipped;
}

/** The machine, as far as it matters to somebody who compares. */
export function machine() {
  const all = cpus();
  return {
    node: process.version,
    cores: all.length,
    processor: all[0]?.model.trim() ?? '',
    platform: process.platform,
  };
}

/** The load of the last minute. */
export function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}

/** Three or four digits that count: 12,345 · 1,234 · 123 · 12.3 · 1.23 · 0.123. */
function readable(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** Rows under each other: the first column to the left, the second to the right, the rest to the left. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, n) => Math.max(...rows.map((row) => (row[n] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, n) => (n === 1 ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

const figureRow = ({ what, value, unit }: Figure) => [`  ${what}`, readable(value), unit];

function section({ name, found, load: [before, after] }: Entry): string[] {
  if (found.kind === 'skipped') return [`${name}: left out. ${found.why}`, ''];
  return [
    `${name}: ${found.setUp} (load ${before} before, ${after} after)`,
    ...columns(found.figures.map(figureRow)),
    ...found.notes.map((note) => `  ${note}`),
    '',
  ];
}

/** What was measured, then every ratio in one table. */
export function table(entries: readonly Entry[]): string {
  const { cores, processor, node } = machine();
  const ratioRow = (name: string) => (ratio: Ratio) => [
    `  ${name}: ${ratio.what}`,
    readable(ratio.value),
    ratio.goal === null ? '' : `goal ${ratio.goal}`,
  ];
  const ratios = entries.flatMap(({ name, found }) =>
    found.kind === 'measured' ? found.ratios.map(ratioRow(name)) : [],
  );
  const busy = entries.some(({ load: [before] }) => before > cores / 2);
  return [
    `${cores} cores (${processor}), Node ${node}`,
    '',
    ...entries.flatMap(section),
    'RATIOS',
    ...columns(ratios),
    ...(busy
      ? [
          '',
          'The machine had other work when this began: quote ratios only, and measure again when it is quiet.',
        ]
      : []),
    '',
  ].join('\n');
}
