import type { Command } from 'commander';
import { openApp } from '../app.ts';
import { type Config, readConfig } from '../ground/config.ts';
import { Problem } from '../ground/errors.ts';
import { createLog, type Log } from '../ground/log.ts';
import { closeOnSignal } from '../ground/process.ts';
import { type DirectoryLock, lockDirectory } from '../store/lock.ts';
import { directoryHeld, type StoreContext } from './embedded.ts';
import { runCommand } from './run.ts';
import { serveCommands } from './serve-commands.ts';

interface StartOptions {
  readonly only?: string;
}

/** The parts that `--only` names. They are loaded here, at run time: workers stand to the right of everything. */
async function partsOf(only: string | undefined) {
  const { isPart, PARTS, startParts } = await import('../../workers/all.ts');
  const names = only === undefined ? Object.keys(PARTS) : only.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !isPart(name));
  if (unknown.length > 0)
    throw new Problem(
      'bad_input',
      `--only does not know ${unknown.join(', ')}. Nothing was started. It knows ${Object.keys(PARTS).join(', ')}.`,
    );
  return { names: new Set(names.filter(isPart)), startParts };
}

/** A second process cannot share an embedded database: the parts run together, or on a server. */
function assertMayBeApart(config: Config, only: string | undefined): void {
  if (only === undefined || !config.embedded) return;
  throw new Problem(
    'bad_input',
    '--only starts a part beside others, which share one database: set DATABASE_URL (and better REDIS_URL) first. Nothing was started. Without it, run start alone.',
  );
}

async function start(context: StoreContext, options: StartOptions): Promise<void> {
  const config = readConfig(process.env);
  assertMayBeApart(config, options.only);
  const parts = await partsOf(options.only);
  const log = createLog({
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT ?? (context.io.terminal ? 'pretty' : 'json'),
  });
  const opening = Promise.withResolvers<Awaited<ReturnType<typeof openApp>>>();
  // Who calls before the app is open waits for it; that it never opened is said by the throw below.
  opening.promise.catch(() => {});
  const lock = config.embedded ? await hold(config, log, () => opening.promise) : null;
  try {
    const app = await openApp(config, log);
    app.closers.add('commands', () => lock?.stopListening());
    opening.resolve(app);
    const stopped = closeOnSignal(app.closers, { log, deadlineSeconds: config.STOP_SECONDS });
    try {
      await parts.startParts(app, parts.names);
    } catch (error) {
      await app.closers.close();
      throw error;
    }
    log.info(
      { parts: [...parts.names].join(','), database: config.embedded ? 'embedded' : 'server' },
      'started',
    );
    await stopped;
    log.info('stopped');
  } catch (error) {
    opening.reject(error);
    throw error;
  } finally {
    await lock?.release();
  }
}

/** Takes the data directory and serves the commands of other processes with the started app. */
async function hold(
  config: Config,
  log: Log,
  openApp: () => Promise<Awaited<ReturnType<typeof import('../app.ts').openApp>>>,
): Promise<DirectoryLock> {
  const lock = await lockDirectory(config.DATA_DIR, (socket) => {
    void serveCommands(socket, (argv, io) => runCommand(argv, { io, env: process.env, openApp }));
  });
  if (lock === null) throw directoryHeld(config.DATA_DIR);
  log.debug({ dir: config.DATA_DIR }, 'the data directory is ours');
  return lock;
}

/** Registers `start`. */
export function registerStartCommand(program: Command, context: StoreContext): void {
  program
    .command('start')
    .description('run everything: pages, schedule, collecting, composing, delivering; stop with Ctrl-C')
    .option(
      '--only <parts>',
      'run only these parts, separated by commas: web, scheduler, collect, compose, deliver',
    )
    .action((options: StartOptions) => start(context, options));
}
