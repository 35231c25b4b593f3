import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lastHolder, lockDirectory, socketPath } from '../../src/store/lock.ts';
import { start } from '../cli/frame/program.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'broadsheet-lock-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Another process that takes the directory if it can, says so, and holds it. */
function otherProcess(dataDir: string) {
  const file = new URL('../../src/store/lock.ts', import.meta.url).href;
  const script = `
    const { lockDirectory } = await import(${JSON.stringify(file)});
    const lock = await lockDirectory(${JSON.stringify(dataDir)}, (socket) => socket.end('hello'));
    process.stdout.write(lock ? 'held' : 'refused');
    process.stdin.on('data', async () => { await lock?.release(); process.exit(); });`;
  return start([process.execPath, '--input-type=module', '-e', script]);
}

function words(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    connect(path)
      .once('error', reject)
      .on('data', (chunk) => {
        text += String(chunk);
      })
      .once('close', () => resolve(text));
  });
}

test('one holds the directory, answers on its socket, and gives it up', async () => {
  const dataDir = join(folder(), 'made/for/it');
  const lock = await lockDirectory(dataDir, (socket) => socket.end('hello'));
  expect(lock).not.toBeNull();
  expect(await lockDirectory(dataDir, () => {})).toBeNull();
  expect(await words(socketPath(dataDir))).toBe('hello');
  expect(lastHolder(dataDir)).toBe(process.pid);
  await lock?.release();
  expect(existsSync(socketPath(dataDir))).toBe(false);
  const next = await lockDirectory(dataDir, () => {});
  expect(next).not.toBeNull();
  await next?.release();
});

test('nobody else of the machine can call or look in, whatever the umask', async () => {
  const dataDir = join(folder(), 'data');
  const mask = process.umask(0);
  onTestFinished(() => void process.umask(mask));
  const lock = await lockDirectory(dataDir, () => {});
  expect(statSync(socketPath(dataDir)).mode & 0o777).toBe(0o600);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  // The mask of the process is as it was.
  expect(process.umask()).toBe(0);
  await lock?.release();
});

test('it stays held after it stopped listening, until it is released', async () => {
  const dataDir = folder();
  const lock = await lockDirectory(dataDir, (socket) => socket.end());
  await lock?.stopListening();
  await expect(words(socketPath(dataDir))).rejects.toThrow('ENOENT');
  expect(await lockDirectory(dataDir, () => {})).toBeNull();
  await lock?.release();
});

test('another process is refused, and takes over from a killed one whose socket lies there', async () => {
  const dataDir = folder();
  const first = otherProcess(dataDir);
  await first.saw('held');
  expect(await lockDirectory(dataDir, () => {})).toBeNull();
  expect(lastHolder(dataDir)).toBe(first.child.pid);
  first.child.kill('SIGKILL');
  await first.ended;
  expect(existsSync(socketPath(dataDir))).toBe(true);
  const lock = await lockDirectory(dataDir, (socket) => socket.end('mine'));
  expect(await words(socketPath(dataDir))).toBe('mine');
  await lock?.release();
});

test('of many processes that start over a dead socket at once, one holds', async () => {
  const dataDir = folder();
  const dead = otherProcess(dataDir);
  await dead.saw('held');
  dead.child.kill('SIGKILL');
  await dead.ended;
  const crowd = Array.from({ length: 6 }, () => otherProcess(dataDir));
  const held = await Promise.all(
    crowd.map((one) => Promise.race([one.saw('held').then(() => 1), one.saw('refused').then(() => 0)])),
  );
  expect(held.reduce<number>((sum, one) => sum + one, 0)).toBe(1);
});

test('a path that no socket can have is refused in a sentence', async () => {
  await expect(lockDirectory(join(folder(), 'x'.repeat(120)), () => {})).rejects.toThrow(
    'DATA_DIR is too long',
  );
});

test('a folder that cannot be used is refused in a sentence', async () => {
  const path = join(folder(), 'file');
  writeFileSync(path, '');
  await expect(lockDirectory(path, () => {})).rejects.toThrow(/^DATA_DIR \(.*\) cannot be used: .*EEXIST/);
  writeFileSync(join(path, '..', 'lock'), 'this is no database, whatever made it'.repeat(100));
  await expect(lockDirectory(join(path, '..'), () => {})).rejects.toThrow('file is not a database');
  chmodSync(path, 0o600);
});
