import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { openApp } from '../src/app.ts';
import { sectionsSchema } from '../src/articles/section.ts';
import { runCommand } from '../src/cli/run.ts';
import { readConfig, SETTING_NAMES } from '../src/ground/config.ts';
import { silentLog } from '../src/ground/log.ts';
import { isPart } from '../workers/all.ts';
import { embeddedEnv } from './support/commands.ts';
import { startFeedServer } from './support/feed-server.ts';
import { rss } from './support/world.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const README = read('README.md');
const DOCUMENTS = ['README.md', 'docs/architecture.md', 'CHANGELOG.md'];

/** The part of the README under a heading, up to the next of the same rank. */
function chapter(title: string): string {
  const [, text] = README.split(`\n## ${title}\n`);
  if (text === undefined) throw new Error(`the README has no chapter "${title}"`);
  return text.split('\n## ')[0] ?? '';
}

/** The lines of the shell in a text's code blocks; continued lines are joined. */
const shellOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block
      .replace(/\\\n\s*/g, '')
      .split('\n')
      .filter((line) => line.trim() !== ''),
  );

/** A line's commands as words, as a shell would read them: quotes, `#` comments and `&&`. */
function commandsIn(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [token] of line.matchAll(/#.*$|&&|(?:'[^']*'|"[^"]*"|[^\s'"#&]|(?<=\S)#)+/g)) {
    if (token.startsWith('#')) break;
    if (token === '&&') commands.push([]);
    else commands.at(-1)?.push(token.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  }
  return commands;
}

async function said(
  argv: readonly string[],
  host: Partial<Parameters<typeof runCommand>[1]> = {},
  cwd = '/',
) {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    cwd,
    terminal: false,
  };
  const code = await runCommand([...argv], { io, env: {}, ...host });
  return { code, out, err };
}

const helpOf = (path: readonly string[]) => said([...path, '--help']);

/** Expects a command line of the program to name a command that there is, with options that it has. */
async function expectKnown(words: readonly string[]): Promise<void> {
  const line = words.join(' ');
  const group = await helpOf(words.slice(0, 1));
  expect(group.code, line).toBe(0);
  const path = words.slice(0, /^Commands:$/m.test(group.out) ? 2 : 1);
  const help = await helpOf(path);
  expect(help.out, line).toMatch(new RegExp(`^Usage: broadsheet ${path.join(' ')}(?: |$)`, 'm'));
  for (const option of words.filter((word) => word.startsWith('-')))
    expect(help.out, line).toMatch(new RegExp(`^ +(?:-\\w, )?${option}\\b`, 'm'));
  const only = words.indexOf('--only');
  if (only >= 0) expect((words[only + 1] ?? '').split(',').filter((part) => !isPart(part))).toEqual([]);
}

const scripts: Readonly<Record<string, string>> = manifest.scripts;

/** The words of the program's own command line that an npm or npx line runs; null for `npm ci` and `npm test`. */
function programWords(words: readonly string[]): string[] | null {
  const [tool, verb = '', name = '', ...rest] = words;
  if (tool === 'npx') {
    expect(verb).toBe('broadsheet');
    return [name, ...rest];
  }
  if (verb === 'ci') return null;
  const script = verb === 'run' ? name : verb;
  expect(Object.keys(scripts)).toContain(script);
  const [, command] = /^node src\/cli\/bin\.js (\w+)$/.exec(scripts[script] ?? '') ?? [];
  return command === undefined ? null : [command, ...rest.filter((word) => word !== '--')];
}

const lines = shellOf(README).flatMap(commandsIn);

describe('every command of the README', () => {
  test('is of a kind that is looked at here', () => {
    expect(new Set(lines.map(([tool]) => tool))).toEqual(
      new Set(['npm', 'npx', 'printf', 'export', 'docker']),
    );
  });

  test.each(lines.filter(([tool]) => tool === 'npm' || tool === 'npx'))('%s %s %s', async (...words) => {
    const own = programWords(words);
    if (own !== null) await expectKnown(own);
  });

  test('in its sentences is one that there is', async () => {
    const spans = [...README.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)]
      .map(([, span = '']) => span.replace(/^npx broadsheet /, '').split(' '))
      .filter(
        ([first = '', second]) =>
          second !== undefined && /^(edition|delivery|newsletter|start|source|subscriber)$/.test(first),
      );
    expect(spans.length).toBeGreaterThan(3);
    for (const words of spans) await expectKnown(words);
  });

  test('sets only what the settings know', () => {
    const exported = lines.filter(([tool]) => tool === 'export').flatMap(([, ...words]) => words);
    const names = exported.map((word) => word.split('=')[0] ?? '');
    expect(names.filter((name) => ![...SETTING_NAMES, 'POSTGRES_PASSWORD'].includes(name))).toEqual([]);
  });
});

test('"Run it for real" does, one command after the other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-readme-'));
  const feed = await startFeedServer();
  feed.on('/feed.xml', { body: rss(['Alpha', 'Beta', 'Gamma']) });
  const env = await embeddedEnv({ ALLOW_PRIVATE_FEEDS: 'true' });
  const app = await openApp(readConfig(env), silentLog());
  onTestFinished(async () => {
    await app.closers.close();
    await feed.close();
    rmSync(folder, { recursive: true });
  });
  const outputs = new Map<string, string>();
  for (const line of shellOf(chapter('Run it for real').split('\n### ')[0] ?? '')) {
    const [tool, , ...words] = commandsIn(line)[0] ?? [];
    if (tool === 'printf') execFileSync('bash', ['-c', line], { cwd: folder });
    else if (words[0] !== 'start') {
      const argv = words.map((word) => word.replace('https://news.example.com', feed.origin));
      const end = await said(argv, { env, openApp: () => Promise.resolve(app) }, folder);
      expect(end, line).toMatchObject({ code: 0 });
      outputs.set(words.slice(0, 2).join(' '), end.out);
    }
  }
  expect(outputs.get('subscriber import')).toContain('2 added');
  expect(outputs.get('edition compose')).toMatch(/Alpha[\s\S]*Beta/);
  expect(readFileSync(join(folder, 'preview.html'), 'utf8')).toContain('Hello Ada');
  expect(outputs.get('edition audit')).toContain('Whole: 2 subscribers');
  expect(outputs.get('delivery list')).toMatch(/sent +ada@example\.com[\s\S]*sent +grace@example\.com/);
  expect(outputs.get('mailbox list')?.match(/The Weekly Dose/g)).toHaveLength(2);
});

/** The cells of a chapter's table, without its head. */
const rowsOf = (title: string): string[][] =>
  chapter(title)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('the settings', () => {
  const rows = rowsOf('Settings');

  test('are all in the table, and no other', () => {
    expect(rows.map(([name]) => name?.replaceAll('`', '')).sort()).toEqual([...SETTING_NAMES].sort());
  });

  test('have the defaults that it tells', () => {
    const config = new Map<string, unknown>(Object.entries(readConfig({})));
    const told = rows.flatMap(([name = '', value = '']) => {
      const [, text] = /^`([^`]+)`$/.exec(value) ?? [];
      return text === undefined ? [] : [[name.replaceAll('`', ''), text] as const];
    });
    expect(told.length).toBeGreaterThan(10);
    for (const [name, text] of told)
      expect(String(config.get(name)), name).toBe(name === 'DATA_DIR' ? resolve(text) : text);
    const silent = rows
      .filter(([, value]) => value === 'none')
      .map(([name = '']) => name.replaceAll('`', ''));
    for (const name of silent) expect(config.get(name), name).toBeUndefined();
  });
});

test('the places to look in exist', () => {
  const paths = rowsOf('I want to change …').flatMap(([, places = '']) =>
    [...places.matchAll(/`((?:src|templates|workers|test)\/[^`]*)`/g)].map(([, path = '']) => path),
  );
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test.each(DOCUMENTS)('%s links to files and names paths that exist', (document) => {
  const text = read(document);
  const here = join(ROOT, dirname(document));
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)]
    .map(([, link, image]) => link ?? image ?? '')
    .filter((link) => !URL.canParse(link));
  expect(links.filter((link) => !existsSync(join(here, link)))).toEqual([]);
  const named = [...text.matchAll(/`((?:src|templates|workers|test|docs|\.ci)\/[\w./-]*)`/g)].map(
    ([, path = '']) => path,
  );
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the picture is small', () => {
  expect(statSync(join(ROOT, 'docs/digest.webp')).size).toBeLessThanOrEqual(150 * 1024);
});

test('the example of sections is one', () => {
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(README) ?? [];
  expect(sectionsSchema.parse(JSON.parse(json))).toHaveLength(3);
});

test('the promise has the same words wherever it is made', () => {
  const promise =
    "obody is lost; nobody is mailed twice, except where a server's answer was lost after the mail was handed over and the newsletter's policy is to resend: at most one per open connection, each shown.";
  for (const document of ['README.md', 'docs/architecture.md'])
    expect(read(document).replace(/\s+/g, ' ')).toContain(promise);
});
