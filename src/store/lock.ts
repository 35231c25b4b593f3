import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { codeOf, Problem } from '../ground/errors.ts';

/** Longest socket path that every system takes (`sun_path` is 104 bytes on some). */
const LONGEST_PATH = 103;

/** The socket of a data directory: who listens there holds the directory. */
export function socketPath(dataDir: string): string {
  const path = join(dataDir, 'broadsheet.sock');
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw new Problem(
      'bad_input',
      `DATA_DIR is too long for a socket in it (${path}). Nothing was started. Choose a shorter one.`,
    );
  return path;
}

export interface DirectoryLock {
  release(): Promise<void>;
}

/** What the holder does with those who call on its socket. */
type OnCaller = (socket: Socket) => void;

/**
 * Takes a data directory for this process, since PGlite does not lock it: two would write one database without a word.
 * The lock is a listening Unix socket (0600), so a killed holder leaves none behind that answers.
 * @returns the lock, or null when another living process holds it.
 */
export async function lockDirectory(dataDir: string, onCaller: OnCaller): Promise<DirectoryLock | null> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = socketPath(dataDir);
  const server = createServer(onCaller);
  for (let round = 0; round < 3; round += 1) {
    if (await listening(server, path)) {
      chmodSync(path, 0o600);
      return { release: () => new Promise((resolve) => server.close(() => resolve())) };
    }
    if (await answers(path)) return null;
    if (!(await clearAway(path))) return null;
  }
  return null;
}

function listening(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => (codeOf(error) === 'EADDRINUSE' ? resolve(false) : reject(error));
    server.once('error', onError);
    server.listen(path, () => {
      server.off('error', onError);
      resolve(true);
    });
  });
}

/** True when a living process accepts on the socket. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * Removes a dead holder's socket. It is moved aside first and asked once more: another starter may have put its living
 * one there meanwhile, which then goes back.
 */
async function clearAway(path: string): Promise<boolean> {
  const aside = `${path}.${randomUUID().slice(0, 4)}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
  if (await answers(aside)) {
    renameSync(aside, path);
    return false;
  }
  rmSync(aside, { force: true });
  return true;
}
