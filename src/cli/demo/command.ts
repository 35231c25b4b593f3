import type { Command } from 'commander';
import { Problem } from '../../ground/errors.ts';
import { SAME_SIGNAL_MS } from '../../ground/process.ts';
import { type Context, print } from '../context.ts';
import { runDemo } from './demo.ts';
import { makePlace } from './place.ts';
import { summaryJson, summaryLines } from './summary.ts';

interface Options {
  readonly feed?: string[];
  readonly subscribers: string;
  readonly keep?: boolean;
  readonly json?: boolean;
}

const MOST_SUBSCRIBERS = 1_000_000;

function countOf(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST_SUBSCRIBERS) return count;
  throw new Problem(
    'bad_input',
    `--subscribers must be a whole number from 1 to ${MOST_SUBSCRIBERS}; "${text}" is not. Nothing was started.`,
  );
}

/** Ends on Ctrl-C or SIGTERM: first in order, the second time at once. */
function stopOnSignals(): { signal: AbortSignal; off(): void } {
  const abort = new AbortController();
  let since = Number.POSITIVE_INFINITY;
  const onSignal = () => {
    if (performance.now() - since > SAME_SIGNAL_MS) process.exit(130);
    since = Math.min(since, performance.now());
    abort.abort(new Stopped());
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: abort.signal,
    off() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

class Stopped extends Error {
  override readonly message = 'Stopped; everything of the demo is removed.';
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

async function demo(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const subscribers = countOf(options.subscribers);
  const place = await makePlace(process.env);
  const stop = stopOnSignals();
  try {
    const { app, result } = await runDemo({
      feeds: options.feed ?? [],
      subscribers,
      config: place.config,
      io,
      signal: stop.signal,
    });
    try {
      // Loaded at run time: workers stand to the right of everything.
      const url = options.keep
        ? `${await (await import('../../../workers/web.ts')).startWeb(app)}/admin/mailbox`
        : null;
      print(io, options.json, summaryJson(result, url), () => summaryLines(result, url));
      if (!result.audit.whole) context.exit(1);
      if (options.keep) await aborted(stop.signal);
    } finally {
      await app.closers.close();
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    io.err(`\n${error.message}\n`);
    context.exit(1);
  } finally {
    stop.off();
    place.remove();
  }
}

/** Registers `demo`. */
export function registerDemoCommand(program: Command, context: Context): void {
  program
    .command('demo')
    .description('the whole job once, on throw-away data: from a feed to an inbox, with a summary')
    .option(
      '--feed <url...>',
      'make the digest from these feeds; without it an example site is served on this machine',
    )
    .option('--subscribers <n>', 'so many example subscribers', '200')
    .option('--keep', 'keep serving the pages until Ctrl-C')
    .option('--json', 'print the result as JSON')
    .action((options: Options) => demo(context, options));
}
