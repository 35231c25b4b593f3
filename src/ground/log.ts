import pino from 'pino';
import pretty from 'pino-pretty';

export type Log = pino.Logger;
export type LogFormat = 'pretty' | 'json';

const SECRETS = ['password', 'pass', 'secret', 'token', 'authorization', 'url.password'];

/**
 * The process's logger. Lines go to stderr, since stdout belongs to results.
 * Keys that stay the same all along the way: source, article, edition, delivery, job, relay, outcome.
 */
export function createLog(options: { level: string; format: LogFormat }): Log {
  const redact = { paths: SECRETS.flatMap((key) => [key, `*.${key}`]), censor: '[secret]' };
  const settings = { level: options.level, base: null, redact };
  if (options.format === 'json') return pino(settings, pino.destination({ dest: 2, sync: true }));
  return pino(
    settings,
    pretty({ destination: 2, sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' }),
  );
}

/** A logger that says nothing, for tests and for commands that print their own results. */
export function silentLog(): Log {
  return pino({ level: 'silent' });
}
