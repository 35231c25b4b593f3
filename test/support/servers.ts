import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';

export interface PrivateServer {
  readonly url: string;
  /** Stops it; Postgres keeps its data, Redis nothing. */
  halt(): Promise<void>;
  /** Starts it again on the same port. */
  resume(): Promise<void>;
  /** Stops it for good. */
  stop(): Promise<void>;
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Debian keeps Postgres's programs outside PATH. */
function findProgram(name: string): string | null {
  const versions = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql').sort().reverse()
    : [];
  const folders = [
    ...versions.map((v) => `/usr/lib/postgresql/${v}/bin`),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Resolves when something accepts on the port; rejects when the server ends first. */
function accepting(port: number, server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened`)));
    const attempt = () => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve();
      });
      socket.once('error', () => setImmediate(attempt));
    };
    attempt();
  });
}

/** Resolves when Postgres takes queries: it accepts connections some moments before. */
async function answering(url: string): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return;
    } catch (error) {
      // 57P03: the database system is starting up.
      if (!(error instanceof Error && 'code' in error && error.code === '57P03')) throw error;
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) return resolve();
    server.once('exit', () => resolve());
    server.kill(signal);
  });
}

/** @param launch starts the program, and resolves when it answers. */
async function privateServer(of: {
  url: string;
  folder: string;
  signal: NodeJS.Signals;
  launch: () => Promise<ChildProcess>;
}): Promise<PrivateServer> {
  const { url, folder, signal, launch } = of;
  let server = await launch();
  return {
    url,
    halt: () => ended(server, signal),
    async resume() {
      server = await launch();
    },
    async stop() {
      await ended(server, signal);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Postgres refuses to run as root: there it runs as the account that Debian made for it. */
function postgresAccount(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/**
 * A Postgres of our own on a free port, or null where none is installed.
 * @param password that it asks for; none: it lets everybody in.
 */
export async function startPostgres(password?: string): Promise<PrivateServer | null> {
  const program = findProgram('postgres');
  const initdb = findProgram('initdb');
  if (!program || !initdb) return null;
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-postgres-'));
  const account = postgresAccount();
  if (account.uid !== undefined) execFileSync('chown', [String(account.uid), folder]);
  const data = join(folder, 'data');
  const secret = join(folder, 'password');
  writeFileSync(secret, password ?? '');
  const entry = password === undefined ? ['-A', 'trust'] : ['-A', 'scram-sha-256', '--pwfile', secret];
  execFileSync(initdb, ['-D', data, '-U', 'broadsheet', ...entry, '-E', 'UTF8', '--no-sync'], {
    ...account,
    stdio: 'ignore',
    cwd: folder,
  });
  const port = await freePort();
  const url = `postgres://broadsheet${password === undefined ? '' : `:${password}`}@127.0.0.1:${port}/postgres`;
  const quick = ['-c', 'fsync=off', '-c', 'max_connections=300', '-c', 'shared_buffers=64MB'];
  const args = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1', ...quick];
  const launch = async () => {
    const server = spawn(program, args, { ...account, stdio: 'ignore', cwd: folder });
    await accepting(port, server);
    await answering(url);
    return server;
  };
  return privateServer({ url, folder, signal: 'SIGINT', launch });
}

/** A Redis of our own on a free port, or null where none is installed. */
export async function startRedis(): Promise<PrivateServer | null> {
  const program = findProgram('redis-server');
  if (!program) return null;
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-redis-'));
  const port = await freePort();
  const memory = ['--save', '', '--appendonly', 'no'];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...memory];
  const launch = async () => {
    const server = spawn(program, args, { stdio: 'ignore' });
    await accepting(port, server);
    return server;
  };
  return privateServer({ url: `redis://127.0.0.1:${port}`, folder, signal: 'SIGTERM', launch });
}
