import type { App } from '../app.ts';

/** Where a command's words go, and where it was called: its own process, or one that asked through the socket. */
export interface Io {
  /** Results: stdout. */
  out(text: string): void;
  /** Progress and notes: stderr. */
  err(text: string): void;
  readonly cwd: string;
  /** True when stderr is a person's terminal: progress bars only then. */
  readonly terminal: boolean;
}

/** What each command file is given. */
export interface Context {
  readonly io: Io;
  /** Runs with an opened app, and closes it when this command opened it. */
  withApp<T>(work: (app: App) => Promise<T>): Promise<T>;
  /** Says how the command ended when that is not 0. */
  exit(code: 1 | 2): void;
}

/** Prints a result: as JSON with `--json`, else the lines for people. */
export function print(io: Io, json: boolean | undefined, result: unknown, lines: () => string): void {
  io.out(json ? `${JSON.stringify(result)}\n` : `${lines()}\n`);
}
