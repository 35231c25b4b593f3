import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../ground/errors.ts';
import type { Log } from '../ground/log.ts';

/** Work that repeats until it is stopped. */
export interface Loop {
  /** Lets the round under way end; no other follows. */
  stop(): Promise<void>;
}

/** So many failures in a row are more than a hiccup. */
const LASTING = 4;

/**
 * Runs `round` again and again, `everyMs` apart, or at once while it returns true (there is more to do). A round that
 * fails is logged and tried again: a database that goes away comes back.
 */
export function startLoop(name: string, everyMs: number, round: () => Promise<boolean>, log: Log): Loop {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    let failures = 0;
    while (!signal.aborted) {
      let more = false;
      try {
        more = await round();
        failures = 0;
      } catch (error) {
        failures += 1;
        // Once in a while, louder when it lasts: a loop that fails four times a second must not fill the disk.
        if (Number.isInteger(Math.log2(failures)))
          log[failures < LASTING ? 'warn' : 'error'](
            { loop: name, failures, error: messageOf(error) },
            'a round failed and is tried again',
          );
      }
      if (!more) await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
