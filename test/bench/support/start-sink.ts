import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Child, startNode, startProgram } from './children.ts';

/** An SMTP server in a process of its own that accepts everything at once and keeps nothing. */
export interface Sink {
  readonly program: 'smtp-sink' | 'the bench’s own sink';
  readonly port: number;
  stop(): Promise<void>;
}

const OWN_SINK = fileURLToPath(new URL('../sink.ts', import.meta.url));
/** Where Debian's postfix package puts it, and others. */
const PLACES = [
  '/usr/sbin/smtp-sink',
  '/usr/bin/smtp-sink',
  '/usr/local/sbin/smtp-sink',
  '/usr/libexec/postfix/smtp-sink',
];
const BACKLOG = 1024;
const RETRY_MS = 10;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}

async function listening(child: Child, port: number): Promise<void> {
  let over = false;
  const ended = child.ended().finally(() => {
    over = true;
  });
  ended.catch(() => {});
  while (!(await accepts(port))) {
    if (over) await ended.then(() => Promise.reject(new Error('the sink ended before it listened')));
    await sleep(RETRY_MS);
  }
}

/** Postfix's own test server where it is installed, since it costs the least; else ours. */
async function startSink(): Promise<Sink> {
  const program = PLACES.find((path) => existsSync(path));
  if (program === undefined) {
    const child = startNode([OWN_SINK]);
    const port = await child.heard((line) => Number(/^listening on (\d+)$/.exec(line)?.[1]) || null);
    return { program: 'the bench’s own sink', port, stop: () => child.stop() };
  }
  const port = await freePort();
  // It does not want to serve as root.
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = startProgram(program, [
    ...account,
    '-4',
    '-h',
    'sink.example',
    `inet:127.0.0.1:${port}`,
    String(BACKLOG),
  ]);
  await listening(child, port);
  return { program: 'smtp-sink', port, stop: () => child.stop() };
}

/** Works with a sink, which is stopped afterwards. */
export async function withSink<T>(work: (sink: Sink) => Promise<T>): Promise<T> {
  const sink = await startSink();
  try {
    return await work(sink);
  } finally {
    await sink.stop();
  }
}
