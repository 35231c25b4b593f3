import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** From upstream to downstream: a file imports its own folder, and what stands to its left. */
const ORDER = `ground | store queue |
  feeds articles newsletters subscribers rendering editions mailbox relays notices deliveries bounces tracking schedule accounts |
  jobs app | http cli admin | workers`
  .split(/[\s|]+/)
  .filter(Boolean);

const TOP_LEVEL = new Set(
  `package.json package-lock.json tsconfig.json src templates workers test docker-compose.yml README.md
   Dockerfile LICENSE CHANGELOG.md docs biome.json knip.json vitest.config.ts vite.config.ts`
    .split(/\s+/)
    .filter(Boolean),
);
/** What git does not keep. */
const NOT_KEPT = /^(\..+|node_modules|data|coverage|.+\.log)$/;

/** They are started, not imported: running is what they are for. */
const STARTED = new Set(['src/cli/bin.js', 'src/cli/main.ts']);

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|tsx|js)$/.test(path))
    .map((path) => `${folder}/${path.split(sep).join('/')}`)
    .sort();
}

/** The noun that a file belongs to: its folder in src, the file itself at src's root (`app`, `jobs`), or `workers`. */
function nounOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'src' ? second.replace(/\.tsx?$/, '') : top;
}

/** The files that a source imports, relative to the root; packages are left out. */
function importsOf(path: string, source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*(['"`])(\.[^'"`]*)\1/g)].map(([, , target = '']) =>
    relative(ROOT, resolve(ROOT, dirname(path), target))
      .split(sep)
      .join('/'),
  );
}

/** The one exception: the commands that start a process name workers, which they load at run time. */
function isStarting(path: string, target: string): boolean {
  return (
    /^src\/cli\/(start|demo\/(demo|command)|edition-actions)\.ts$/.test(path) && target.startsWith('workers/')
  );
}

/** What breaks the rule, as `file → import`. */
function wrongImports(path: string, source: string): string[] {
  const own = ORDER.indexOf(nounOf(path));
  return importsOf(path, source)
    .filter((target) => target !== 'package.json')
    .filter((target) => {
      if (isStarting(path, target)) return false;
      const other = ORDER.indexOf(nounOf(target));
      return other < 0 || other > own || !/^(src|workers)\//.test(target);
    })
    .map((target) => `${path} → ${target}`);
}

describe('imports go one way', () => {
  const sources = [...sourcesIn('src'), ...sourcesIn('workers')];

  test('every file belongs to a noun of the order', () => {
    expect(sources.filter((path) => !ORDER.includes(nounOf(path)))).toEqual([]);
  });

  test('every import goes to its own folder or to the left', () => {
    const wrong = sources.flatMap((path) => wrongImports(path, readFileSync(join(ROOT, path), 'utf8')));
    expect(wrong).toEqual([]);
  });

  test.each([
    ['src/feeds/a.ts', `import { x } from '../articles/b.ts';`],
    ['src/feeds/a.ts', `import type { App } from '../app.ts';`],
    ['src/feeds/a.ts', `export * from '../articles/b.ts';`],
    ['src/feeds/a.ts', `import '../cli/run.ts';`],
    ['src/feeds/a.ts', `const later = await import('../articles/b.ts');`],
    ['src/feeds/a.ts', `type X = import('../articles/b.ts').X;`],
    ['src/app.ts', `import { x } from '../workers/web.ts';`],
    ['src/app.ts', `import { x } from '../test/support/store.ts';`],
  ])('%s may not say %s', (path, source) => {
    expect(wrongImports(path, source)).toHaveLength(1);
  });

  test.each([
    [
      'src/articles/a.ts',
      `import { x } from '../feeds/b.ts'; import { y } from './c.ts'; import z from 'zod';`,
    ],
    ['workers/web.ts', `import { openApp } from '../src/app.ts';`],
    ['src/ground/a.ts', `// it was from '../cli/run.ts' once`],
  ])('%s may say %s', (path, source) => {
    expect(wrongImports(path, source)).toEqual([]);
  });
});

test('the top level holds what belongs there', () => {
  const names = readdirSync(ROOT).filter((name) => !NOT_KEPT.test(name));
  expect(names.filter((name) => !TOP_LEVEL.has(name))).toEqual([]);
});

test('importing the program opens nothing', async () => {
  const files = sourcesIn('src')
    .filter((path) => path.endsWith('.ts') && !STARTED.has(path) && !path.startsWith('src/admin/'))
    .map((path) => pathToFileURL(join(ROOT, path)).href);
  expect(files.length).toBeGreaterThan(10);
  const script = `
    // To look at these opens them, and packages do: whether this is a terminal, say.
    process.stdin; process.stdout; process.stderr;
    // Reading the files themselves is passing work of the file system.
    const open = () => process.getActiveResourcesInfo().filter((kind) => !kind.startsWith('FSReq'));
    const before = open().length;
    for (const file of ${JSON.stringify(files)}) {
      await import(file);
      if (open().length > before) { console.log(file, open()); break; }
    }
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '' },
  });
  expect(stdout).toBe('');
});
