import { setTimeout as sleep } from 'node:timers/promises';
import { type App, openApp } from '../app.ts';
import { type Config, readConfig } from '../ground/config.ts';
import { Problem } from '../ground/errors.ts';
import { createLog, type Log } from '../ground/log.ts';
import { openStore, type Store } from '../store/database.ts';
import { type DirectoryLock, lastHolder, lockDirectory, socketPath } from '../store/lock.ts';
import type { Context, Io } from './context.ts';
import { forward } from './forward.ts';
import { type Run, serveCommands } from './serve-commands.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long to wait for a holder that neither answers nor lets go: it may be closing its database. */
const HOLDER_MS = 30_000;
const RETRY_MS = 50;

/** Where a command runs. */
export interface Host {
  readonly io: Io;
  readonly env: Environment;
  /** The app of the process that the command runs inside: used, and left open. */
  readonly openApp?: () => Promise<App>;
}

/** A command, and how to run others beside it in the same process. */
export interface Running {
  readonly argv: string[];
  readonly host: Host;
  readonly runCommand: (argv: string[], host: Host) => Promise<number>;
}

/** Ends a command here, since the process that holds the data directory has run it. */
export class RanElsewhere extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('the command ran inside another process');
    this.exitCode = exitCode;
  }
}

/** A command opens what it needs; `migrate` needs less than an app. */
export interface StoreContext extends Context {
  /** Runs with an opened database whose migrations may be pending, and closes it when this command opened it. */
  withStore<T>(work: (store: Store) => Promise<T>): Promise<T>;
}

/** {@link Context.withApp} of one command. */
export async function withApp<T>(running: Running, work: (app: App) => Promise<T>): Promise<T> {
  const { host } = running;
  if (host.openApp !== undefined) return work(await host.openApp());
  const config = readConfig(host.env);
  const log = commandLog(config, host);
  if (config.embedded)
    return whileHolding(running, config, log, Promise.resolve(), async (open) => work(await open()));
  const app = await openApp(config, log);
  try {
    return await work(app);
  } finally {
    await app.closers.close();
  }
}

/** {@link StoreContext.withStore} of one command. */
export async function withStore<T>(running: Running, work: (store: Store) => Promise<T>): Promise<T> {
  const { host } = running;
  if (host.openApp !== undefined) return work((await host.openApp()).store);
  const config = readConfig(host.env);
  if (!config.embedded) return onStore(config, work);
  // Who calls meanwhile waits until the directory has been opened and closed for this: only one may have it open.
  const closed = Promise.withResolvers<void>();
  return whileHolding(running, config, commandLog(config, host), closed.promise, () =>
    onStore(config, work).finally(closed.resolve),
  );
}

async function onStore<T>(config: Config, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(config);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A short command says what went wrong, and no more unless asked. */
function commandLog(config: Config, host: Host): Log {
  const asked = host.env.LOG_LEVEL || host.env.LOG_LEVEL_FILE;
  return createLog({
    level: asked ? config.LOG_LEVEL : 'warn',
    format: config.LOG_FORMAT ?? (host.io.terminal ? 'pretty' : 'json'),
  });
}

/**
 * Holds the data directory while a command works, and serves those who call meanwhile with the same app.
 * @param callersMay they are served from then on.
 * @throws RanElsewhere when another process holds it and has run the command.
 */
async function whileHolding<T>(
  running: Running,
  config: Config,
  log: Log,
  callersMay: Promise<void>,
  work: (open: () => Promise<App>) => Promise<T>,
): Promise<T> {
  let app: Promise<App> | undefined;
  const open = () => {
    app ??= openApp(config, log);
    return app;
  };
  const openLater = () => callersMay.then(open);
  const serve: Run = (argv, io) =>
    running.runCommand(argv, { io, env: running.host.env, openApp: openLater });
  const lock = await takeDirectory(running, config, serve);
  try {
    return await work(open);
  } finally {
    await lock.stopListening();
    const opened = await app?.catch(() => undefined);
    await opened?.closers.close();
    await lock.release();
  }
}

/** Takes the data directory for this process, or has its command run by who holds it. */
async function takeDirectory({ argv, host }: Running, config: Config, serve: Run): Promise<DirectoryLock> {
  const { io } = host;
  const deadline = performance.now() + HOLDER_MS;
  for (;;) {
    const lock = await lockDirectory(config.DATA_DIR, (socket) => void serveCommands(socket, serve));
    if (lock !== null) return lock;
    const request = { argv, cwd: io.cwd, terminal: io.terminal };
    const exitCode = await forward(socketPath(config.DATA_DIR), request, io);
    if (exitCode !== null) throw new RanElsewhere(exitCode);
    if (performance.now() > deadline) throw directoryHeld(config.DATA_DIR);
    await sleep(RETRY_MS);
  }
}

/** The problem of a data directory that another process holds, for a process that must have it alone (`start`). */
export function directoryHeld(dataDir: string): Problem {
  const holder = lastHolder(dataDir);
  return new Problem(
    'conflict',
    `Another Broadsheet${holder === null ? '' : ` (process ${holder})`} holds the data in ${dataDir}. Nothing was changed. Stop that one first, or set another DATA_DIR.`,
  );
}
