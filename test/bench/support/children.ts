import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url));

type Environment = Readonly<Record<string, string>>;

/** A process beside this one. */
export interface Child {
  readonly pid: number;
  /** Resolves with the first of its lines that `of` makes something of, also when it came before. */
  heard<T>(of: (line: string) => T | null): Promise<T>;
  /** Resolves when it has ended by itself. */
  ended(): Promise<void>;
  /** Asks it to end in order, and waits. */
  stop(): Promise<void>;
}

function childOf(child: ChildProcess, output: Readable): Child {
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const reader = createInterface({ input: output }).on('line', (line) => {
    lines.push(line);
    for (const listen of listeners) listen(line);
  });
  const read = once(reader, 'close');
  const exit = once(child, 'exit');
  const failed = (): Error =>
    new Error(
      `${child.spawnargs.join(' ')} ended with ${child.exitCode ?? child.signalCode}:\n${lines.join('\n')}`,
    );
  return {
    pid: child.pid ?? 0,
    heard: (of) =>
      new Promise((resolve, reject) => {
        const listen = (line: string) => {
          const found = of(line);
          if (found === null) return;
          listeners.delete(listen);
          resolve(found);
        };
        lines.forEach(listen);
        listeners.add(listen);
        void Promise.all([exit, read]).then(() => reject(failed()), reject);
      }),
    async ended() {
      await Promise.all([exit, read]);
      if (child.exitCode !== 0) throw failed();
    },
    async stop() {
      child.kill('SIGTERM');
      await exit;
    },
  };
}

/** Starts a program whose lines on stdout are listened to. */
export function startProgram(program: string, args: readonly string[]): Child {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return childOf(child, child.stdout);
}

/** Starts Node with only PATH in its environment. */
export function startNode(args: readonly string[]): Child {
  const env = { PATH: process.env.PATH };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return childOf(child, child.stdout);
}

/** Starts `broadsheet …` with these settings; its log is listened to. */
export function startBroadsheet(
  args: readonly string[],
  env: Environment,
  nodeArgs: readonly string[] = [],
): Child {
  const child = spawn(process.execPath, [...nodeArgs, BIN, ...args], {
    env: { PATH: process.env.PATH, ...env, LOG_FORMAT: 'json', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return childOf(child, child.stderr);
}

/** For {@link Child.heard}: the log line with this message, as far as it holds text. */
export function logged(message: string): (line: string) => Record<string, unknown> | null {
  return (line) => {
    if (!line.startsWith('{')) return null;
    const entry: Record<string, unknown> = JSON.parse(line);
    return entry.msg === message ? entry : null;
  };
}

/**
 * Runs a script of this folder in a process of its own, so that one measurement does not warm or burden another.
 * @param input what it reads from stdin.
 * @returns what it wrote to stdout; the caller checks its shape.
 */
export async function runScript(script: URL, input: unknown): Promise<unknown> {
  const child = spawn(process.execPath, [fileURLToPath(script)], {
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(input));
  const [output, [code]] = await Promise.all([json(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${script.pathname} ended with ${code}`);
  return output;
}
