import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFailed, onTestFinished, test } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { BIN, broadsheet, NODES, OLDER_NODE, OWN_NODE, start } from './program.ts';

const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));
const OLDER = NODES.filter((node) => node !== OWN_NODE);

/** A checkout with the real bin.js, and a main.ts that does what the test needs. */
function checkoutWith(main: string, options: { ownNode: boolean }): string {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bin-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'src/cli'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  cpSync(BIN, join(folder, 'src/cli/bin.js'));
  writeFileSync(join(folder, 'src/cli/main.ts'), main);
  if (options.ownNode) {
    mkdirSync(join(folder, 'node_modules/node/bin'), { recursive: true });
    symlinkSync(process.execPath, join(folder, 'node_modules/node/bin/node'));
  }
  return join(folder, 'src/cli/bin.js');
}

/** Writes each signal down, and ends at SIGTERM: what came before that, in order, is all that came. */
const WRITES_SIGNALS = `
  const stay = setInterval(() => {}, 1000);
  process.on('SIGINT', () => process.stdout.write('SIGINT '));
  process.on('SIGTERM', () => {
    clearInterval(stay);
    process.stdout.write('SIGTERM');
    process.exitCode = 7;
  });
  process.stdout.write('ready ');`;

describe.each(NODES)('bin.js under $name', (node) => {
  test('runs the program, with its arguments and exit code', async () => {
    expect(await broadsheet(['--version'], { node })).toEqual({
      code: 0,
      signal: null,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
    expect(await broadsheet(['nonsense'], { node })).toMatchObject({ code: 2, stdout: '' });
  });

  test('signals to the process arrive once, in order', async () => {
    const bin = checkoutWith(WRITES_SIGNALS, { ownNode: true });
    const { child, saw, ended } = start([...node.words, bin]);
    await saw('ready');
    child.kill('SIGINT');
    await saw('SIGINT');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 7, signal: null, stdout: 'ready SIGINT SIGTERM' });
  });

  test('SIGINT to the whole group, as a terminal gives it, arrives once', async () => {
    const bin = checkoutWith(WRITES_SIGNALS, { ownNode: true });
    const { child, saw, ended } = start([...node.words, bin]);
    await saw('ready');
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await saw('SIGINT');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 7, stdout: 'ready SIGINT SIGTERM' });
  });

  test('a death by signal is seen as one', async () => {
    const bin = checkoutWith(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`, {
      ownNode: true,
    });
    expect(await start([...node.words, bin]).ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('kill -9 leaves nothing running behind', async () => {
    const bin = checkoutWith(
      `import { writeFileSync } from 'node:fs';
       setInterval(() => {}, 1000);
       writeFileSync('pid', String(process.pid));
       process.stdout.write('at work');`,
      { ownNode: true },
    );
    const folder = dirname(bin);
    const { child, saw, ended } = start([...node.words, bin], { cwd: folder });
    await saw('at work');
    onTestFailed(() => void process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL'));
    child.kill('SIGKILL');
    // Its output closes only when the last process that could write to it has ended.
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
  });
});

test.each(OLDER)('npm passing a signal on beside the terminal counts as one ($name)', async (node) => {
  const bin = checkoutWith(WRITES_SIGNALS, { ownNode: true });
  const { child, saw, ended } = start([...node.words, bin]);
  await saw('ready');
  child.kill('SIGINT');
  await saw('SIGINT');
  child.kill('SIGINT');
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ stdout: 'ready SIGINT SIGTERM' });
});

test.each(OLDER)('says in one line what is missing when there is no newer Node ($name)', async (node) => {
  const bin = checkoutWith('', { ownNode: false });
  const end = await start([...node.words, bin]).ended;
  expect(end).toMatchObject({ code: 1, stdout: '' });
  expect(end.stderr).toMatch(/^Broadsheet needs Node 26 or newer\..* Run: npm ci\n$/);
});

test('says in one line that packages are missing', async () => {
  const bin = checkoutWith(`import 'a-package-that-nobody-installed';`, { ownNode: true });
  const end = await start([...OWN_NODE.words, bin]).ended;
  expect(end.code).toBe(1);
  expect(end.stderr).toMatch(/^Broadsheet's packages .*'a-package-that-nobody-installed'.* Run: npm ci\n$/);
});

test('`npx broadsheet` finds it in a checkout', async () => {
  expect(statSync(BIN).mode & 0o111).toBe(0o111);
  const end = await start(['npx', '--no-install', 'broadsheet', '--version'], { cwd: CHECKOUT }).ended;
  expect(end).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
});

test('who stops reading ends it without a word', async () => {
  const shell = `"$@" help | true; echo "\${PIPESTATUS[0]}"`;
  const words = ['bash', '-c', shell, 'bash', ...OLDER_NODE.words, BIN];
  expect(await start(words).ended).toMatchObject({ stdout: '0\n', stderr: '' });
});
