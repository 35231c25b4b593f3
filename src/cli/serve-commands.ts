import type { Socket } from 'node:net';
import { messageOf } from '../ground/errors.ts';
import type { Io } from './context.ts';
import { onFrames, pieces, requestFrame, sendFrame } from './frames.ts';

/** How long a caller may take to say what it wants, and at the end to read it: nobody keeps the holder from closing. */
const PATIENCE_MS = 5_000;

/** Runs a command with these words, and says its exit code. */
export type Run = (argv: string[], io: Io) => Promise<number>;

/**
 * Serves one caller on the data directory's socket: reads its command, runs it here, sends what it prints and its exit code.
 * A command whose caller has gone runs to its end.
 * @returns when the command has ended, or when the caller left without one.
 */
export async function serveCommands(socket: Socket, run: Run): Promise<void> {
  // A caller that hangs up is no trouble of ours.
  socket.on('error', () => {});
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  sendFrame(socket, { ready: process.pid });
  const value = await firstFrame(socket);
  if (value === null) return;
  socket.setTimeout(0);
  const code = await answer(socket, value.said, run);
  sendFrame(socket, { exit: code });
  socket.setTimeout(PATIENCE_MS);
  socket.end();
}

function firstFrame(socket: Socket): Promise<{ said: unknown } | null> {
  return new Promise((resolve) => {
    onFrames(socket, (said) => resolve({ said }));
    socket.once('close', () => resolve(null));
  });
}

async function answer(socket: Socket, said: unknown, run: Run): Promise<number> {
  const request = requestFrame.safeParse(said);
  const io: Io = {
    out: (text) => sendTexts(socket, 'out', text),
    err: (text) => sendTexts(socket, 'err', text),
    cwd: request.data?.cwd ?? '/',
    terminal: request.data?.terminal ?? false,
  };
  if (!request.success) {
    io.err('This is no command that the running Broadsheet understands. Nothing was changed.\n');
    return 2;
  }
  try {
    return await run(request.data.argv, io);
  } catch (error) {
    io.err(`${messageOf(error)}\n`);
    return 1;
  }
}

function sendTexts(socket: Socket, kind: 'out' | 'err', text: string): void {
  for (const piece of pieces(text)) sendFrame(socket, kind === 'out' ? { out: piece } : { err: piece });
}
