import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));

/** A real Broadsheet process. */
export interface BroadsheetProcess {
  readonly pid: number;
  /** Resolves with the first log line (also one already written) that says this. */
  said(message: string): Promise<Record<string, unknown>>;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  signal(signal: NodeJS.Signals): void;
  /** Everything it wrote to stderr so far. */
  log(): string;
}

/** Starts `broadsheet …` with only these settings; killed when the test ends. */
export function startProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): BroadsheetProcess {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH: process.env.PATH, ...env, LOG_FORMAT: 'json', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    for (const tell of waiting) tell(line);
  });
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return {
    pid: child.pid ?? 0,
    exited,
    signal: (signal) => void child.kill(signal),
    log: () => lines.join('\n'),
    said: (message) =>
      new Promise((resolve, reject) => {
        const tell = (line: string) => {
          const entry = parse(line);
          if (entry?.msg === message) resolve(entry);
        };
        lines.forEach(tell);
        waiting.add(tell);
        void exited.then(({ code, signal }) =>
          reject(new Error(`it ended (${code ?? signal}) without saying "${message}":\n${lines.join('\n')}`)),
        );
      }),
  };
}

function parse(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
