import { expect, test } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { runCommand, tellError } from '../../../src/cli/run.ts';
import { Problem } from '../../../src/ground/errors.ts';

async function run(...argv: string[]) {
  const said = { stdout: '', stderr: '' };
  const io = {
    out(text: string) {
      said.stdout += text;
    },
    err(text: string) {
      said.stderr += text;
    },
    cwd: '/',
    terminal: false,
  };
  return { code: await runCommand(argv, { io, env: {} }), ...said };
}

test('help and version end with 0, on stdout', async () => {
  expect(await run('--version')).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  for (const argv of [['--help'], ['help'], ['migrate', '--help'], ['help', 'migrate']]) {
    const end = await run(...argv);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toMatch(/^Usage: broadsheet /);
  }
});

test('wrong use ends with 2, a sentence and where to look', async () => {
  expect(await run('nonsense')).toEqual({
    code: 2,
    stdout: '',
    stderr: "Unknown command 'nonsense'. See: broadsheet --help\n",
  });
  expect(await run('migrat')).toMatchObject({
    stderr: "Unknown command 'migrat' (Did you mean migrate?). See: broadsheet --help\n",
  });
  expect(await run('migrate', '--nonsense')).toMatchObject({
    code: 2,
    stderr: "Unknown option '--nonsense'. See: broadsheet migrate --help\n",
  });
});

test('no command at all is wrong use, and prints the help where errors go', async () => {
  const end = await run();
  expect(end).toMatchObject({ code: 2, stdout: '' });
  expect(end.stderr).toMatch(/^Usage: broadsheet /);
});

test('every command says what it is for', async () => {
  const { stdout } = await run('--help');
  const commands = (stdout.split('Commands:\n')[1] ?? '').split('\n').filter((line) => /^ {2}\S/.test(line));
  expect(commands.length).toBeGreaterThan(1);
  for (const line of commands) expect(line).toMatch(/^ {2}\S.*? {2,}\S/);
});

test.each([
  ['info', /^The relay said no\n$/],
  ['debug', /^The relay said no\nProblem: The relay said no\n {4}at /],
])('an error is one line, and has its stack only for who debugs (%s)', (level, expected) => {
  const said: string[] = [];
  const io = { out() {}, err: (text: string) => void said.push(text), cwd: '/', terminal: false };
  tellError(new Problem('unavailable', 'The relay said no'), { io, env: { LOG_LEVEL: level } });
  expect(said.join('')).toMatch(expected);
});
