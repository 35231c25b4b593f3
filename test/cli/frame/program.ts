import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const BIN = fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url));

/** A Node to start the program with: the words before the file's name. */
export interface NodeProgram {
  readonly name: string;
  readonly words: readonly string[];
}

/** This Node, made to say that it is an older one. Only the process that gets these words believes it. */
const PRETEND = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.9.0'}})`;

function systemNode(): NodeProgram[] {
  const path = '/usr/bin/node';
  if (!existsSync(path)) return [];
  return [
    { name: `the system's ${execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()}`, words: [path] },
  ];
}

export const OLDER_NODE: NodeProgram = {
  name: 'an older Node',
  words: [process.execPath, '--import', PRETEND],
};
export const OWN_NODE: NodeProgram = { name: 'Node 26', words: [process.execPath] };
export const NODES: readonly NodeProgram[] = [OWN_NODE, OLDER_NODE, ...systemNode()];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** Resolves when the words have been printed on stdout or stderr. */
  saw(words: string): Promise<void>;
  /** Resolves when the process has ended and everything that wrote to its output too. */
  readonly ended: Promise<Ended>;
}

/** A clean environment: what the person who runs the tests has set must not steer the program. */
function environment(env: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', ...env };
}

/** Starts a program in a process group of its own; what is left of it is killed when the test ends. */
export function start(
  words: readonly string[],
  options: { env?: Readonly<Record<string, string>>; cwd?: string } = {},
): Started {
  const [file = '', ...args] = words;
  const child = spawn(file, args, {
    env: environment(options.env ?? {}),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const heard = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  const listen = (name: 'stdout' | 'stderr') =>
    child[name].setEncoding('utf8').on('data', (text: string) => {
      heard[name] += text;
      for (const check of waiting) check();
    });
  listen('stdout');
  listen('stderr');
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...heard }));
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, ended, saw: (sought) => seen(sought, heard, waiting, ended) };
}

function seen(
  sought: string,
  heard: { readonly stdout: string; readonly stderr: string },
  waiting: Set<() => void>,
  ended: Promise<Ended>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (heard.stdout.includes(sought) || heard.stderr.includes(sought)) resolve();
    };
    waiting.add(check);
    check();
    ended.then((end) => reject(new Error(`ended without "${sought}": ${JSON.stringify(end)}`)), reject);
  });
}

/** Starts the real program, and waits for its end. */
export function broadsheet(
  args: readonly string[],
  options: { node?: NodeProgram; env?: Readonly<Record<string, string>>; cwd?: string } = {},
): Promise<Ended> {
  return start([...(options.node ?? OWN_NODE).words, BIN, ...args], options).ended;
}
