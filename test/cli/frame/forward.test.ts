import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Io } from '../../../src/cli/context.ts';
import { forward } from '../../../src/cli/forward.ts';
import { pieces } from '../../../src/cli/frames.ts';
import { serveCommands } from '../../../src/cli/serve-commands.ts';

/** A socket on which `onCaller` listens. */
async function listening(onCaller: (socket: Socket) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-forward-'));
  const path = join(folder, 's');
  const server = createServer(onCaller);
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return path;
}

function catching(): Io & { stdout: string; stderr: string } {
  const caught = {
    stdout: '',
    stderr: '',
    cwd: '/somewhere',
    terminal: true,
    out(text: string) {
      caught.stdout += text;
    },
    err(text: string) {
      caught.stderr += text;
    },
  };
  return caught;
}

const request = { argv: ['edition', 'list', '--json', 'ä "x"\n'], cwd: '/somewhere', terminal: true };

test('carries arguments, folder and terminal there; stdout, stderr and exit code back', async () => {
  const path = await listening((socket) =>
    serveCommands(socket, async (argv, { out, err, cwd, terminal }) => {
      err('note\n');
      out(JSON.stringify({ argv, cwd, terminal }));
      return 2;
    }),
  );
  const io = catching();
  expect(await forward(path, request, io)).toBe(2);
  expect(JSON.parse(io.stdout)).toEqual(request);
  expect(io.stderr).toBe('note\n');
});

test('a long result arrives whole', async () => {
  const long = `${'a'.repeat(65_535)}${'😀'.repeat(200_000)}`;
  const path = await listening((socket) =>
    serveCommands(socket, async (_, io) => {
      io.out(long);
      return 0;
    }),
  );
  const io = catching();
  expect(await forward(path, request, io)).toBe(0);
  expect(io.stdout === long).toBe(true);
  for (const piece of pieces(long)) expect(piece.isWellFormed()).toBe(true);
});

test('an error in the command is told, and the exit code is 1', async () => {
  const path = await listening((socket) => serveCommands(socket, () => Promise.reject(new Error('broken'))));
  const io = catching();
  expect(await forward(path, request, io)).toBe(1);
  expect(io.stderr).toBe('broken\n');
});

test('nobody there: nothing was begun', async () => {
  expect(await forward('/nonexistent/broadsheet.sock', request, catching())).toBeNull();
  const closing = await listening((socket) => socket.destroy());
  expect(await forward(closing, request, catching())).toBeNull();
});

test.each([
  ['no JSON', 'hello\n'],
  ['an exit before the greeting', '{"exit":0}\n'],
  ['a second greeting', '{"ready":1}\n{"ready":2}\n'],
  ['an exit code that is none', '{"ready":1}\n{"exit":4711}\n'],
])('a holder that says %s is not believed', async (_, words) => {
  const path = await listening((socket) => {
    socket.on('error', () => {});
    socket.write(words);
  });
  await expect(forward(path, request, catching())).rejects.toThrow('another version of Broadsheet?');
});

test.each([
  ['no JSON', 'hello\n'],
  ['no arguments', '{"cwd":"/","terminal":false}\n'],
  ['a folder that is none', '{"argv":[],"cwd":"x","terminal":false}\n'],
])('a caller that says %s runs nothing', async (_, words) => {
  const ran: string[][] = [];
  const said = Promise.withResolvers<string>();
  const path = await listening((socket) =>
    serveCommands(socket, async (argv) => {
      ran.push(argv);
      return 0;
    }),
  );
  const socket = connect(path);
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.on('close', () => said.resolve(text));
  socket.write(words);
  expect(await said.promise).toMatch(/"err":"This is no command.*\n\{"exit":2\}\n$/);
  expect(ran).toEqual([]);
});

test('a command goes on when its caller has gone', async () => {
  const { promise: finished, resolve: finish } = Promise.withResolvers<string>();
  const path = await listening((socket) => {
    serveCommands(socket, async (_, io) => {
      const gone = new Promise((resolve) => socket.once('close', resolve));
      io.out('begun');
      await gone;
      io.out('nobody hears this');
      finish('done');
      return 0;
    });
  });
  const io = catching();
  const leaving = forward(path, request, {
    ...io,
    out: () => void process.emit('SIGINT', 'SIGINT'),
  });
  expect(await leaving).toBe(130);
  expect(await finished).toBe('done');
});
