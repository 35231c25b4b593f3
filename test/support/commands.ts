import { onTestFinished } from 'vitest';
import type { App } from '../../src/app.ts';
import { forward } from '../../src/cli/forward.ts';
import { runCommand } from '../../src/cli/run.ts';
import { socketPath } from '../../src/store/lock.ts';
import { makePlace } from './backends.ts';

/** What a command said, and how it ended. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function listener(cwd: string) {
  const said = { out: '', err: '' };
  const io = {
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
    cwd,
    terminal: false,
  };
  return { said, io };
}

/** Runs a command line in this process, as the program would with these settings. */
export async function run(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd = '/',
): Promise<Said> {
  const { said, io } = listener(cwd);
  const code = await runCommand([...argv], { io, env });
  return { code, ...said };
}

/** Runs a command line inside an app that is open, as who holds a data directory does. */
export async function runInside(app: App, ...argv: string[]): Promise<Said> {
  const { said, io } = listener('/');
  const code = await runCommand(argv, { io, env: {}, openApp: () => Promise.resolve(app) });
  return { code, ...said };
}

/** Asks the process that holds a data directory to run a command line; `code` is null when nobody holds it. */
export async function ask(dataDir: string, ...argv: string[]): Promise<Said> {
  const { said, io } = listener('/');
  const code = await forward(socketPath(dataDir), { argv, cwd: '/', terminal: false }, io);
  return { code, ...said };
}

/** The settings of an embedded database of the test's own. */
export async function embeddedEnv(more: Readonly<Record<string, string>> = {}) {
  const place = await makePlace('embedded');
  onTestFinished(() => place.remove());
  return { ...place.env, ...more };
}
