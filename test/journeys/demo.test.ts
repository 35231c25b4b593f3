import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { codeOf } from '../../src/ground/errors.ts';
import { BIN, OWN_NODE, type Started, start } from '../cli/frame/program.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { rss } from '../support/world.ts';

const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));
// Each of them starts npm and a whole Broadsheet, some of them two.
vi.setConfig({ testTimeout: 180_000 });

/** True for text that draws over what stands on a terminal already. */
const draws = (text: string): boolean => text.includes('\r') || text.includes('\u001b');

/** A temporary folder of the test's own: what a demo leaves behind is seen in it. */
function privateTmp(): string {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-demo-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** As a person would type it. */
const NPM = ['npm', 'run', '--silent', 'demo', '--'];
/** Without npm, whose shell turns the exit code after Ctrl-C into a signal. */
const PROGRAM = [...OWN_NODE.words, BIN, 'demo'];

/** Starts the demo with this folder for all that is temporary. */
function demo(
  tmp: string,
  args: readonly string[],
  { env = {}, by = NPM }: { env?: Readonly<Record<string, string>>; by?: readonly string[] } = {},
): Started {
  const started = start([...by, ...args], {
    cwd: CHECKOUT,
    // npm itself would leave its compile cache there, and ask the registry for a newer npm.
    env: { TMPDIR: tmp, NODE_DISABLE_COMPILE_CACHE: '1', npm_config_update_notifier: 'false', ...env },
  });
  // npm's end is not that of what it started.
  onTestFinished(() => signalGroup(started, 'SIGKILL'));
  return started;
}

/** Signals everything that it started, as a terminal does; nothing when all of it has ended. */
function signalGroup({ child }: Started, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** Ctrl-C. */
const interrupt = (started: Started): void => signalGroup(started, 'SIGINT');

const summary = z.object({
  sections: z.array(z.object({ name: z.string(), articles: z.array(z.object({ title: z.string() })) })),
  related: z.number(),
  status: z.object({ state: z.string(), audience: z.number() }),
  audit: z.object({ whole: z.boolean(), audience: z.number(), problems: z.array(z.string()) }),
  mails: z.number(),
  mailbox: z.string().nullable(),
});

const read = (json: string) => summary.parse(JSON.parse(json));

/** Sees to it that somebody listens on a port of 127.0.0.1: we, or whoever does already. Port 0 is any free one. */
function occupy(port: number): Promise<number> {
  const server = createServer((socket) => socket.end('not a Broadsheet'));
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.once('error', () => resolve(port));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

test('the demo does the whole job once, and leaves nothing behind', async () => {
  const tmp = privateTmp();
  const end = await demo(tmp, ['--subscribers', '20', '--json']).ended;
  expect(end, end.stderr).toMatchObject({ code: 0 });
  const { sections, related, status, audit, mails, mailbox } = read(end.stdout);
  expect(sections.map(({ name }) => name)).toEqual(['latest-updates', 'in-depth', 'expert-opinions']);
  for (const { name, articles } of sections) expect(articles.length, name).toBeGreaterThanOrEqual(3);
  expect(related).toBeGreaterThanOrEqual(3);
  expect(status).toEqual({ state: 'sent', audience: 20 });
  expect(audit).toEqual({ whole: true, audience: 20, problems: [] });
  expect(mails).toBe(20);
  expect(mailbox).toBeNull();
  expect(readdirSync(tmp)).toEqual([]);
});

test('two at once, without a terminal: each tells its own in words, and nothing is drawn', async () => {
  const tmp = privateTmp();
  const both = [demo(tmp, ['--subscribers', '20']), demo(tmp, ['--subscribers', '30'])] as const;
  const [first, second] = await Promise.all([both[0].ended, both[1].ended]);
  for (const end of [first, second]) {
    expect(end, end.stderr).toMatchObject({ code: 0 });
    expect(draws(end.stdout + end.stderr)).toBe(false);
    expect(end.stderr).toContain('Mail is not leaving this machine');
    expect(end.stdout).toContain('Audit: whole.');
  }
  expect(first.stdout).toContain('20 of 20 sent');
  expect(second.stdout).toContain('30 of 30 sent');
  expect(readdirSync(tmp)).toEqual([]);
});

test('--keep serves the mails until Ctrl-C, with port 3000 and the asked one busy', async () => {
  const tmp = privateTmp();
  await occupy(3000);
  const busy = await occupy(0);
  const args = ['--subscribers', '20', '--keep', '--json'];
  const running = demo(tmp, args, { env: { PORT: String(busy) }, by: PROGRAM });
  let out = '';
  running.child.stdout?.on('data', (text: string) => {
    out += text;
  });
  await running.saw('"mailbox":');
  const { mailbox } = read(out);
  const origin = new URL(mailbox ?? '').origin;
  expect([busy, 3000]).not.toContain(Number(new URL(origin).port));
  const list = await (await fetch(mailbox ?? '')).text();
  expect(list).toContain('20 mails');
  const [, path = ''] = /href="(\/admin\/mailbox\/[^"?]+)"/.exec(list) ?? [];
  const mail = await (await fetch(`${origin}${path}/html`)).text();
  for (const title of ['Latest updates', 'In-depth', 'Expert opinions', 'You may also like'])
    expect(mail).toContain(title);
  interrupt(running);
  expect(await running.ended).toMatchObject({ code: 0 });
  await expect(fetch(origin)).rejects.toThrow();
  expect(readdirSync(tmp)).toEqual([]);
});

test.each([
  ['npm', NPM, [1, null]],
  ['the program', PROGRAM, [1]],
])('Ctrl-C while it sends ends %s with a sentence, and leaves nothing behind', async (_, by, codes) => {
  const tmp = privateTmp();
  const running = demo(tmp, ['--subscribers', '5000'], { by });
  await running.saw('sending');
  expect(readdirSync(tmp)).toHaveLength(1);
  interrupt(running);
  const end = await running.ended;
  expect(codes).toContain(end.code);
  expect(end.stdout).toBe('');
  expect(end.stderr).toContain('Stopped; everything of the demo is removed.');
  expect(readdirSync(tmp)).toEqual([]);
});

test('an address that is no feed ends it with one clear sentence', async () => {
  const tmp = privateTmp();
  const site = await startFeedServer();
  onTestFinished(() => site.close());
  const headers = { 'content-type': 'text/html' };
  site.on('/', { body: '<!doctype html><title>A page</title><p>No feed here.', headers });
  const url = `${site.origin}/`;
  const args = ['--subscribers', '5', '--feed', url];
  const end = await demo(tmp, args, { env: { ALLOW_PRIVATE_FEEDS: 'true' } }).ended;
  expect(end).toMatchObject({ code: 1, stdout: '' });
  const [, why] = end.stderr.split('nothing was sent.\n');
  expect(why).toMatch(/^[^\n]+\.\n$/);
  expect(why).toContain(url);
  expect(why).toMatch(/feed/i);
  expect(readdirSync(tmp)).toEqual([]);
});

test.each([
  ['of this week', Temporal.Now.instant()],
  ['that fell silent years ago', Temporal.Instant.from('2019-03-01T12:00:00Z')],
])('a feed %s becomes a digest', async (_, newest) => {
  const tmp = privateTmp();
  const site = await startFeedServer();
  onTestFinished(() => site.close());
  site.on('/feed.xml', { body: rss(['Alpha', 'Beta', 'Gamma', 'Delta'], newest) });
  const args = ['--subscribers', '5', '--json', '--feed', `${site.origin}/feed.xml`];
  const end = await demo(tmp, args, { env: { ALLOW_PRIVATE_FEEDS: 'true' } }).ended;
  expect(end, end.stderr).toMatchObject({ code: 0 });
  const { sections, audit, mails } = read(end.stdout);
  const titles = sections.flatMap(({ articles }) => articles.map(({ title }) => title));
  expect(titles.sort()).toEqual(['Alpha', 'Beta', 'Delta', 'Gamma']);
  expect(audit).toMatchObject({ whole: true, audience: 5 });
  expect(mails).toBe(5);
  expect(readdirSync(tmp)).toEqual([]);
});
