/** What a spreadsheet would run as a formula, full-width forms included; and the sign itself, so that it can be undone. */
const RISKY = /^\s*[=+\-@'\uff1d\uff0b\uff0d\uff20]/;

/** A cell that a spreadsheet takes as text: one that could be a formula gets a `'` before it. */
export function guardCell(cell: string): string {
  return RISKY.test(cell) ? `'${cell}` : cell;
}

/** What {@link guardCell} was given: so an exported list comes back the same. */
export function unguardCell(cell: string): string {
  return cell.startsWith("'") && RISKY.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** One line of a CSV file, guarded, quoted where needed (RFC 4180), with its CRLF. */
export function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => {
    const guarded = guardCell(cell);
    return /[",;\t\r\n]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
  });
  return `${quoted.join(',')}\r\n`;
}
