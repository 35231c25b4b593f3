import { connect, type Socket } from 'node:net';
import { constants } from 'node:os';
import { codeOf, messageOf, Problem } from '../ground/errors.ts';
import type { Io } from './context.ts';
import { type HolderFrame, holderFrame, onFrames, type RequestFrame, sendFrame } from './frames.ts';

/** How long a holder may take to greet: it may be deep in one statement of the embedded database. */
const GREETING_MS = 30_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What connecting says when nobody listens (any more). */
const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** How far the talk with the holder has come. */
type Talk =
  | { readonly state: 'connecting' }
  | { readonly state: 'asked'; readonly holder: number }
  | { readonly state: 'ended'; readonly holder: number; readonly code: number };

/**
 * Has a command run by the process that holds the data directory, and prints here what it prints there.
 * An interrupt ends the waiting only, and says so: the command goes on where it runs.
 * @param path of the holder's socket.
 * @returns its exit code; null when nobody was there to ask, so that nothing was begun.
 * @throws Problem when the holder is there and does not answer, or ends in the middle.
 */
export function forward(path: string, request: RequestFrame, io: Io): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let talk: Talk = { state: 'connecting' };
    let failure: unknown;
    const stopListening = onInterrupt((signal) => {
      io.err(interrupted(talk));
      resolve(128 + constants.signals[signal]);
      socket.destroy();
    });
    socket.setTimeout(GREETING_MS, () =>
      socket.destroy(new Error(`it did not answer in ${GREETING_MS / 1000} s`)),
    );
    onFrames(socket, (value) => {
      talk = heard(talk, value, socket, request, io);
    });
    socket.once('error', (error) => {
      failure = error;
    });
    socket.once('close', () => {
      stopListening();
      const problem = problemOf(talk, failure);
      if (talk.state === 'ended') resolve(talk.code);
      else if (problem === null) resolve(null);
      else reject(problem);
    });
  });
}

/** Acts on one frame; a frame that is out of place ends the talk. */
function heard(talk: Talk, value: unknown, socket: Socket, request: RequestFrame, io: Io): Talk {
  const frame: HolderFrame | undefined = holderFrame.safeParse(value).data;
  if (frame !== undefined && 'ready' in frame && talk.state === 'connecting') {
    socket.setTimeout(0);
    sendFrame(socket, request);
    return { state: 'asked', holder: frame.ready };
  }
  if (frame === undefined || 'ready' in frame || talk.state !== 'asked') {
    socket.destroy(new Error('it speaks another language (another version of Broadsheet?)'));
    return talk;
  }
  if ('exit' in frame) return { state: 'ended', holder: talk.holder, code: frame.exit };
  if ('out' in frame) io.out(frame.out);
  else io.err(frame.err);
  return talk;
}

function problemOf(talk: Talk, failure: unknown): Problem | null {
  if (talk.state === 'asked')
    return new Problem(
      'unavailable',
      `The running Broadsheet (process ${talk.holder}) ended${failure === undefined ? '' : ` (${messageOf(failure)})`} before it said how the command went. What it finished is kept. Look at the result before you run it again.`,
      { cause: failure },
    );
  if (failure === undefined || NOBODY.has(codeOf(failure) ?? '')) return null;
  return new Problem(
    'unavailable',
    `Another Broadsheet holds DATA_DIR, and cannot be asked: ${messageOf(failure)}. Nothing was changed. Try again, or stop that process.`,
    { cause: failure },
  );
}

function interrupted(talk: Talk): string {
  return talk.state === 'asked'
    ? `Stopped waiting. The command goes on inside the running Broadsheet (process ${talk.holder}).\n`
    : 'Stopped before anything was begun.\n';
}

function onInterrupt(listener: (signal: (typeof SIGNALS)[number]) => void): () => void {
  for (const signal of SIGNALS) process.once(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}
