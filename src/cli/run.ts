import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { exitCodeOf, messageOf, Problem } from '../ground/errors.ts';
import { registerArticleCommands } from './article.ts';
import { registerCollectCommands } from './collect.ts';
import type { Io } from './context.ts';
import { registerDeliveryCommands } from './delivery.ts';
import { registerDemoCommand } from './demo/command.ts';
import { registerEditionCommands } from './edition.ts';
import { type Host, RanElsewhere, type StoreContext, withApp, withStore } from './embedded.ts';
import { registerMailboxCommands } from './mailbox.ts';
import { registerMigrateCommand } from './migrate.ts';
import { registerNewsletterCommands } from './newsletter.ts';
import { registerSourceCommands } from './source.ts';
import { registerStartCommand } from './start.ts';
import { registerSubscriberCommands } from './subscriber.ts';

/** Every command, in the order of the help. */
const COMMANDS: readonly ((program: Command, context: StoreContext) => void)[] = [
  registerDemoCommand,
  registerStartCommand,
  registerMigrateCommand,
  registerNewsletterCommands,
  registerSourceCommands,
  registerCollectCommands,
  registerArticleCommands,
  registerEditionCommands,
  registerDeliveryCommands,
  registerSubscriberCommands,
  registerMailboxCommands,
];

/** These open a data directory of their own, so they never run inside a process that has one. */
const NEVER_INSIDE = new Set(['start', 'demo']);

/**
 * Runs one command line, and prints its errors as sentences on stderr.
 * @param argv without the program's own name.
 * @returns the exit code: 0 done, 1 could not, 2 wrong use or bad input (another one when the command was interrupted).
 */
export async function runCommand(argv: string[], host: Host): Promise<number> {
  let exitCode = 0;
  const running = { argv, host, runCommand };
  const program = buildProgram({
    io: host.io,
    withApp: (work) => withApp(running, work),
    withStore: (work) => withStore(running, work),
    exit: (code) => {
      exitCode = code;
    },
  });
  try {
    assertMayRunInside(argv, host);
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof RanElsewhere) return error.exitCode;
    if (error instanceof CommanderError) return usageEnding(error, program, argv, host.io);
    tellError(error, host);
    return exitCodeOf(error);
  }
}

function assertMayRunInside(argv: readonly string[], host: Host): void {
  const name = argv.find((word) => !word.startsWith('-')) ?? '';
  if (host.openApp !== undefined && NEVER_INSIDE.has(name))
    throw new Problem('conflict', `\`${name}\` cannot run inside a running Broadsheet. Nothing was changed.`);
}

function buildProgram(context: StoreContext): Command {
  const program = new Command('broadsheet')
    .description(manifest.description)
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: context.io.out,
      writeErr: context.io.err,
      // The sentence is ours, see usageEnding.
      outputError: () => {},
    });
  for (const register of COMMANDS) register(program, context);
  return program;
}

/** Help and version end a command line too; all else that Commander throws is wrong use. */
function usageEnding(error: CommanderError, program: Command, argv: readonly string[], io: Io): number {
  if (error.exitCode === 0) return 0;
  // Help was printed, since a command was named without what it should do.
  if (error.code === 'commander.help') return 2;
  const said = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const sentence = said.charAt(0).toUpperCase() + said.slice(1).replace(/[.:]?$/, '.');
  io.err(`${sentence} See: ${named(program, argv).join(' ')} --help\n`);
  return 2;
}

/** The command that a command line names, as far as it exists. */
function named(program: Command, argv: readonly string[]): string[] {
  const words = [program.name()];
  let command = program;
  for (const word of argv) {
    const next = command.commands.find((known) => known.name() === word);
    if (next === undefined) break;
    words.push(word);
    command = next;
  }
  return words;
}

/** One sentence for the person; how it came about only for who debugs. */
export function tellError(error: unknown, host: Pick<Host, 'io' | 'env'>): void {
  const debug = /^(debug|trace)$/.test(host.env.LOG_LEVEL ?? '');
  host.io.err(`${messageOf(error)}\n`);
  if (debug && error instanceof Error) host.io.err(`${error.stack}\n`);
}
