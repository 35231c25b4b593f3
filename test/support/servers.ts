import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';

export interface PrivateServer {
  readonly url: string;
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
async function answering(port: number): Promise<void> {
  for (;;) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'broadsheet', database: 'postgres' });
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

function stopper(server: ChildProcess, folder: string, signal: NodeJS.Signals): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      const done = () => {
        rmSync(folder, { recursive: true, force: true });
        resolve();
      };
      if (server.exitCode !== null) return done();
      server.once('exit', done);
      server.kill(signal);
    });
}

/** Postgres refuses to run as root: there it runs as the account that Debian made for it. */
function postgresAccount(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A Postgres of our own on a free port, or null where none is installed. */
export async function startPostgres(): Promise<PrivateServer | null> {
  const program = findProgram('postgres');
  const initdb = findProgram('initdb');
  if (!program || !initdb) return null;
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-postgres-'));
  const account = postgresAccount();
  if (account.uid !== undefined) execFileSync('chown', [String(account.uid), folder]);
  const data = join(folder, 'data');
  execFileSync(initdb, ['-D', data, '-U', 'broadsheet', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...account,
    stdio: 'ignore',
    cwd: folder,
  });
  const port = await freePort();
  const quick = ['-c', 'fsync=off', '-c', 'max_connections=300', '-c', 'shared_buffers=64MB'];
  const server = spawn(program, ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1', ...quick], {
    ...account,
    stdio: 'ignore',
    cwd: folder,
  });
  await accepting(port, server);
  await answering(port);
  return { url: `postgres://broadsheet@127.0.0.1:${port}/postgres`, stop: stopper(server, folder, 'SIGINT') };
}

/** A Redis of our own on a free port, or null where none is installed. */
export async function startRedis(): Promise<PrivateServer | null> {
  const program = findProgram('redis-server');
  if (!program) return null;
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-redis-'));
  const port = await freePort();
  const server = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  await accepting(port, server);
  return { url: `redis://127.0.0.1:${port}`, stop: stopper(server, folder, 'SIGTERM') };
}
