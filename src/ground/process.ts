import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

/** Something opened that must be closed: its name for the log, and how. */
interface Closer {
  readonly name: string;
  close(): Promise<void> | void;
}

/**
 * What a process has opened, in order. `close` unwinds it in reverse, once, and goes on when one of them fails:
 * a broken relay must not keep the database from closing.
 */
export class Closers {
  readonly #closers: Closer[] = [];
  readonly #log: Log;
  #closing: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, close: () => Promise<void> | void): void {
    this.#closers.push({ name, close });
  }

  close(): Promise<void> {
    this.#closing ??= this.#unwind();
    return this.#closing;
  }

  async #unwind(): Promise<void> {
    for (const closer of this.#closers.reverse()) {
      try {
        await closer.close();
        this.#log.debug({ part: closer.name }, 'closed');
      } catch (error) {
        this.#log.error({ part: closer.name, error: messageOf(error) }, 'could not close');
      }
    }
  }
}

/** npm passes a Ctrl-C on to a child that the terminal has signalled already: both are one. */
export const SAME_SIGNAL_MS = 500;

/** Runs out when an orderly stop takes too long: in real processes `process.exit`. */
type Exit = (code: number) => void;

/**
 * Waits for SIGTERM or SIGINT, then closes in order. A second signal, or `deadlineSeconds` without an end, forces:
 * whatever is in flight is taken up by the sweep of another run.
 * @returns when everything is closed.
 */
export function closeOnSignal(
  closers: Closers,
  options: { log: Log; deadlineSeconds: number; exit?: Exit },
): Promise<void> {
  const { log, deadlineSeconds, exit = (code) => process.exit(code) } = options;
  return new Promise((resolve) => {
    let stoppingSince: number | undefined;
    const onSignal = (signal: NodeJS.Signals) => {
      if (stoppingSince !== undefined && performance.now() - stoppingSince < SAME_SIGNAL_MS) return;
      if (stoppingSince !== undefined) {
        log.warn({ signal }, 'second signal: stopping at once');
        exit(1);
        return;
      }
      stoppingSince = performance.now();
      log.info(
        { signal },
        `stopping: finishing what is under way (at most ${deadlineSeconds} s; once more to force)`,
      );
      const deadline = setTimeout(() => {
        log.error('the orderly stop took too long: stopping at once');
        exit(1);
      }, deadlineSeconds * 1000);
      void closers.close().finally(() => {
        clearTimeout(deadline);
        process.off('SIGTERM', onSignal);
        process.off('SIGINT', onSignal);
        resolve();
      });
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
