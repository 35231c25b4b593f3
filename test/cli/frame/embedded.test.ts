import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { openApp } from '../../../src/app.ts';
import { type Host, withApp } from '../../../src/cli/embedded.ts';
import { forward } from '../../../src/cli/forward.ts';
import { runCommand } from '../../../src/cli/run.ts';
import { serveCommands } from '../../../src/cli/serve-commands.ts';
import { readConfig } from '../../../src/ground/config.ts';
import { silentLog } from '../../../src/ground/log.ts';
import { lockDirectory, socketPath } from '../../../src/store/lock.ts';
import { makePlace } from '../../support/backends.ts';
import { BIN, broadsheet, NODES, OWN_NODE, start } from './program.ts';

async function embeddedPlace(): Promise<{ env: Record<string, string>; dataDir: string }> {
  const place = await makePlace('embedded');
  onTestFinished(() => place.remove());
  return { env: { ...place.env }, dataDir: place.env.DATA_DIR ?? '' };
}

/** A process (this one) that holds the directory and runs what callers ask, as `start` does. */
async function holder(env: Record<string, string>) {
  const app = await openApp(readConfig(env), silentLog());
  const commands: string[][] = [];
  const lock = await lockDirectory(env.DATA_DIR ?? '', (socket) =>
    serveCommands(socket, (argv, io) => {
      commands.push(argv);
      return runCommand(argv, { io, env, openApp: () => Promise.resolve(app) });
    }),
  );
  onTestFinished(async () => {
    await lock?.stopListening();
    await app.closers.close();
    await lock?.release();
  });
  return { commands };
}

function quietHost(env: Record<string, string>): Host & { printed: string[] } {
  const printed: string[] = [];
  const io = {
    out: (text: string) => void printed.push(text),
    err: (text: string) => void printed.push(text),
    cwd: '/',
    terminal: false,
  };
  return { io, env, printed };
}

test.each(NODES)('a command runs inside who holds the directory ($name)', async (node) => {
  const { env } = await embeddedPlace();
  const { commands } = await holder(env);
  expect(await broadsheet(['migrate', '--json'], { node, env })).toEqual({
    code: 0,
    signal: null,
    stdout: '{"applied":[]}\n',
    stderr: '',
  });
  expect(commands).toEqual([['migrate', '--json']]);
});

test('wrong use is told without asking the holder', async () => {
  const { env } = await embeddedPlace();
  const { commands } = await holder(env);
  const end = await broadsheet(['migrate', '--nonsense'], { env });
  expect(end).toMatchObject({ code: 2, stdout: '' });
  expect(end.stderr).toBe("Unknown option '--nonsense'. See: broadsheet migrate --help\n");
  expect(commands).toEqual([]);
});

test('two commands at once both run, one after or inside the other', async () => {
  const { env } = await embeddedPlace();
  const ends = await Promise.all([1, 2, 3].map(() => broadsheet(['migrate', '--json'], { env })));
  for (const end of ends) expect(end).toMatchObject({ code: 0, stdout: '{"applied":[]}\n', stderr: '' });
});

test('a short command serves those who call while it works', async () => {
  const { env } = await embeddedPlace();
  const host = quietHost(env);
  await withApp({ argv: [], host, runCommand }, async (app) => {
    expect(await broadsheet(['migrate', '--json'], { env })).toMatchObject({
      code: 0,
      stdout: '{"applied":[]}\n',
    });
    // It was not closed under our feet.
    expect(await app.db.selectFrom('relays').select('id').execute()).toEqual([]);
  });
  expect(await broadsheet(['migrate', '--json'], { env })).toMatchObject({ code: 0 });
});

test('migrations are applied to a new directory, once', async () => {
  const { env, dataDir } = await embeddedPlace();
  const fresh = { ...env, DATA_DIR: `${dataDir}/new` };
  const first = await broadsheet(['migrate', '--json'], { env: fresh });
  expect(JSON.parse(first.stdout)).toEqual({ applied: expect.arrayContaining(['0001_the_data_way.sql']) });
  expect(await broadsheet(['migrate'], { env: fresh })).toMatchObject({
    code: 0,
    stdout: 'The database is up to date.\n',
  });
});

test('kill -9 of the holder leaves a socket that stops nobody', async () => {
  const { env, dataDir } = await embeddedPlace();
  const lockFile = new URL('../../../src/store/lock.ts', import.meta.url).href;
  const script = `
    const { lockDirectory } = await import(${JSON.stringify(lockFile)});
    await lockDirectory(${JSON.stringify(dataDir)}, () => {});
    process.stdout.write('held');`;
  const { child, saw, ended } = start([process.execPath, '--input-type=module', '-e', script]);
  await saw('held');
  child.kill('SIGKILL');
  await ended;
  expect(await broadsheet(['migrate', '--json'], { env })).toMatchObject({
    code: 0,
    stdout: '{"applied":[]}\n',
  });
});

test.each(NODES)('Ctrl-C ends the waiting, and says that the command goes on ($name)', async (node) => {
  const { env, dataDir } = await embeddedPlace();
  const { promise: letGo, resolve: finish } = Promise.withResolvers<void>();
  const { promise: finished, resolve: done } = Promise.withResolvers<void>();
  const lock = await lockDirectory(dataDir, (socket) =>
    serveCommands(socket, async (_, io) => {
      io.err('working\n');
      await letGo;
      done();
      return 0;
    }),
  );
  onTestFinished(() => lock?.release());
  const { child, saw, ended } = start([...node.words, BIN, 'migrate'], { env });
  await saw('working');
  child.kill('SIGINT');
  expect(await ended).toMatchObject({
    code: 130,
    stdout: '',
    stderr: `working\nStopped waiting. The command goes on inside the running Broadsheet (process ${process.pid}).\n`,
  });
  finish();
  await finished;
});

test('a holder that ends in the middle is told as what it is', async () => {
  const { env, dataDir } = await embeddedPlace();
  const lock = await lockDirectory(dataDir, (socket) => {
    socket.write(`{"ready":${process.pid}}\n`);
    socket.once('data', () => socket.destroy());
  });
  onTestFinished(() => lock?.release());
  const end = await broadsheet(['migrate'], { env });
  expect(end.code).toBe(1);
  expect(end.stderr).toMatch(/ended before it said how the command went\..*\n$/);
});

test.each(['start', 'demo'])('`%s` is not run for a caller', async (name) => {
  const { env, dataDir } = await embeddedPlace();
  await holder(env);
  const host = quietHost(env);
  const request = { argv: [name, '--json'], cwd: '/', terminal: false };
  expect(await forward(socketPath(dataDir), request, host.io)).toBe(1);
  expect(host.printed.join('')).toMatch(/cannot run inside a running Broadsheet/);
});

test('wrong settings are told all at once, with exit code 2', async () => {
  const end = await broadsheet(['migrate'], { env: { PORT: 'x', DATABASE_URL: 'mysql://x' } });
  expect(end).toMatchObject({ code: 2, stdout: '' });
  expect(end.stderr).toContain('PORT must be a whole number');
  expect(end.stderr).toContain('DATABASE_URL must be');
});

test('a data directory that is a file is told in one sentence', async () => {
  const { env } = await embeddedPlace();
  const end = await broadsheet(['migrate'], { node: OWN_NODE, env: { ...env, DATA_DIR: BIN } });
  expect(end.code).toBe(1);
  expect(end.stderr).toMatch(/^DATA_DIR \(.*\) cannot be used: .*\n$/);
});

test('a database server that is not there is told in one sentence, and no directory is made', async () => {
  const { env, dataDir } = await embeddedPlace();
  const away = {
    ...env,
    DATA_DIR: `${dataDir}/unused`,
    SECRET_KEY: 'a secret of thirty-two letters or more',
  };
  const end = await broadsheet(['migrate'], { env: { ...away, DATABASE_URL: 'postgres://127.0.0.1:1/x' } });
  expect(end.code).toBe(1);
  expect(end.stderr).toMatch(/^The database at 127\.0\.0\.1:1\/x cannot be used: .*\n$/);
  expect(existsSync(`${dataDir}/unused`)).toBe(false);
});
