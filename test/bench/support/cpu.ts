import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc: 100 on every Linux in use. */
const TICKS = 100;

interface Stat {
  readonly program: string;
  readonly parent: number;
  readonly seconds: number;
}

/** A process's /proc/PID/stat (proc(5)), or null where there is none. */
function readStat(pid: number): Stat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The program's name stands in brackets and may hold anything.
  const end = text.lastIndexOf(')');
  const fields = text
    .slice(end + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
  return { program: text.slice(text.indexOf('(') + 1, end), parent, seconds: ticks / TICKS };
}

/** CPU seconds that a process and its ended children have used; null where the system does not tell (no /proc). */
export function cpuSeconds(pid: number): number | null {
  return readStat(pid)?.seconds ?? null;
}

/** The most memory that a process ever held, in MB; null where the system does not tell. */
export function peakMegabytes(pid: number): number | null {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? Number(found[1]) / 1024 : null;
  } catch {
    return null;
  }
}

/** CPU seconds of everything that this process has started, by program; empty where the system does not tell. */
export function cpuOfDescendants(): Map<string, number> {
  const stats = new Map<number, Stat>();
  for (const name of listProc()) {
    const stat = readStat(Number(name));
    if (stat) stats.set(Number(name), stat);
  }
  const isOurs = (pid: number): boolean => {
    const parent = stats.get(pid)?.parent ?? 0;
    return parent === process.pid || (parent > 1 && isOurs(parent));
  };
  const sums = new Map<string, number>();
  for (const [pid, { program, seconds }] of stats)
    if (isOurs(pid)) sums.set(program, (sums.get(program) ?? 0) + seconds);
  return sums;
}

function listProc(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
