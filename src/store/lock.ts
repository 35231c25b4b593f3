import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf, Problem } from '../ground/errors.ts';

/** Longest socket path that every system takes (`sun_path` is 104 bytes on some). */
const LONGEST_PATH = 103;
const SQLITE_BUSY = 5;
/** For the moment in which another process reads who holds; it blocks the event loop, so it is short. */
const BUSY_MS = 20;

/**
 * The socket of a data directory: who holds the directory listens there.
 * @throws Problem (`bad_input`) when the path is longer than systems take.
 */
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
  /** Takes no more callers, and waits until those that are there have gone. */
  stopListening(): Promise<void>;
  /** The same, and then gives the directory up: close what lies in it before. */
  release(): Promise<void>;
}

/** What the holder does with those who call on its socket. */
type OnCaller = (socket: Socket) => void;

/**
 * Takes a data directory for this process, since PGlite does not lock it: two would write one database without a word.
 *
 * The lock itself is SQLite's write lock on `DATA_DIR/lock`, which the system's kernel gives to one process and takes
 * back from a killed one. A listening socket alone cannot be that: between finding a dead holder's socket and clearing
 * it away, another starter may have put its living one there. The holder then listens on the socket (0600), for
 * commands that want to run inside it.
 * @returns the lock, or null when somebody living holds it.
 * @throws Problem when the directory cannot be used.
 */
export async function lockDirectory(dataDir: string, onCaller: OnCaller): Promise<DirectoryLock | null> {
  const path = socketPath(dataDir);
  const claim = claimDirectory(dataDir);
  if (claim === null) return null;
  try {
    // Whoever listened there is dead: its claim ended with it.
    rmSync(path, { force: true });
    const server = await listen(path, onCaller);
    const stopListening = closing(server);
    return { stopListening, release: () => stopListening().finally(() => claim.close()) };
  } catch (error) {
    claim.close();
    throw unusable(dataDir, error);
  }
}

/** The process that holds a directory, as it wrote its number there; null when nobody ever did. */
export function lastHolder(dataDir: string): number | null {
  try {
    const file = new DatabaseSync(join(dataDir, 'lock'), { readOnly: true });
    try {
      const pid = file.prepare('select pid from holder').get()?.pid;
      return typeof pid === 'number' ? pid : null;
    } finally {
      file.close();
    }
  } catch {
    return null;
  }
}

/** Only a note for people is stored; the open transaction is what holds. Readers of the note are not shut out by it. */
function claimDirectory(dataDir: string): DatabaseSync | null {
  let file: DatabaseSync | undefined;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    file = new DatabaseSync(join(dataDir, 'lock'), { timeout: BUSY_MS });
    file.exec('begin immediate; create table if not exists holder (pid int not null); delete from holder');
    file.prepare('insert into holder (pid) values (?)').run(process.pid);
    file.exec('commit; begin immediate');
    return file;
  } catch (error) {
    file?.close();
    if (isBusy(error)) return null;
    throw unusable(dataDir, error);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function unusable(dataDir: string, cause: unknown): Problem {
  return new Problem(
    'unavailable',
    `DATA_DIR (${dataDir}) cannot be used: ${messageOf(cause)}. Nothing was started. Mend it, or choose another folder.`,
    { cause },
  );
}

function listen(path: string, onCaller: OnCaller): Promise<Server> {
  const server = createServer(onCaller);
  return new Promise((resolve, reject) => {
    // It stays on: an accept that fails later costs that caller only.
    server.on('error', reject);
    // The mask is set before the socket exists: with a chmod after it, others could call in between.
    const mask = process.umask(0o177);
    try {
      server.listen(path, () => resolve(server));
    } finally {
      process.umask(mask);
    }
  });
}

function closing(server: Server): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve());
    });
    return closed;
  };
}
