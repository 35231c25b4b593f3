import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { runCommand } from '../../src/cli/run.ts';
import { readConfig, SETTING_NAMES } from '../../src/ground/config.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string) => readFileSync(`${ROOT}${name}`, 'utf8');

const service = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  stop_grace_period: z.string().optional(),
});
const compose = z
  .object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) })
  .parse(parse(read('docker-compose.yml'), { merge: true }));

const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const others = services.filter(([, { build }]) => build === undefined);
const PROGRAM = ['node', 'src/cli/bin.js'];

/** The Dockerfile's instructions of a kind. */
function instructions(kind: string): string[] {
  return [...read('Dockerfile').matchAll(new RegExp(`^${kind} (.+)$`, 'gm'))].map(([, words = '']) => words);
}

/** What compose would put in: the default of `${NAME:-default}`, or the secret that the person gives. */
function filledIn(text: string): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, _name, kind: string, rest: string) =>
    kind === '-' ? rest : 'f'.repeat(64),
  );
}

async function helpOf(args: readonly string[]): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const hear = (text: string) => void said.push(text);
  const io = { out: hear, err: hear, cwd: '/', terminal: false };
  const code = await runCommand([...args, '--help'], { io, env: {} });
  return { code, said: said.join('') };
}

test('it has the services that the work needs', () => {
  expect(ours.map(([name]) => name).sort()).toEqual(['deliver', 'migrate', 'scheduler', 'web', 'worker']);
  expect(others.map(([name]) => name).sort()).toEqual(['mail', 'postgres', 'redis']);
});

test.each(services)('%s has an image of an exact version', (_, { image }) => {
  expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?(-[a-z]+)*$/);
});

test('our image bears the version of the program, and the Node of package.json', () => {
  for (const [, { image }] of ours) expect(image).toBe(`broadsheet:${manifest.version}`);
  expect(instructions('FROM')).toEqual([`node:${manifest.devDependencies.node}-bookworm-slim`]);
});

describe.each(ours)('%s', (_, { environment, command = [], stop_grace_period }) => {
  test('sets only what the settings know', () => {
    const known = SETTING_NAMES.flatMap((name) => [name, `${name}_FILE`]);
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
    expect(Object.keys(environment)).toContain('DATABASE_URL');
  });

  test('its settings are accepted, and give it time to stop', () => {
    const env = Object.fromEntries(Object.entries(environment).map(([name, text]) => [name, filledIn(text)]));
    const config = readConfig(env);
    expect(config.embedded).toBe(false);
    expect(Number.parseInt(stop_grace_period ?? '', 10)).toBeGreaterThan(config.STOP_SECONDS);
  });

  test('runs a command that the program knows, with options that it knows', async () => {
    expect(command.slice(0, 2)).toEqual(PROGRAM);
    const [name = '', ...options] = command.slice(2);
    const help = await helpOf([name]);
    expect(help.code, help.said).toBe(0);
    expect(help.said).toMatch(new RegExp(`^Usage: broadsheet ${name}\\b`));
    for (const option of options.filter((word) => word.startsWith('-')))
      expect(help.said).toContain(`${option} `);
  });

  test('`--only` names processes that there are', () => {
    const only = command[command.indexOf('--only') + 1] ?? '';
    if (!command.includes('--only')) expect(command.at(-1)).toBe('migrate');
    else for (const name of only.split(',')) expect(existsSync(`${ROOT}workers/${name}.ts`), name).toBe(true);
  });
});

test('secrets are given by the person, never written here', () => {
  const secret = /PASSWORD|SECRET|TOKEN/;
  for (const [, { environment }] of services)
    for (const [name, value] of Object.entries(environment))
      if (secret.test(name)) expect(value).toMatch(/^\$\{\w+:\?.+\}$/);
  expect(compose.services.web?.environment.DATABASE_URL).toContain(':$' + '{POSTGRES_PASSWORD:?');
});

test('who is waited for exists and can say that it is ready; what is kept has a volume', () => {
  for (const [, { depends_on, volumes }] of services) {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      expect(Object.keys(compose.services)).toContain(name);
      if (condition === 'service_healthy') expect(compose.services[name]?.healthcheck).toBeDefined();
    }
    for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
  }
});

test('the image starts the program as somebody who is not root, with everything it copies', async () => {
  const [command = ''] = instructions('CMD');
  const words = z.array(z.string()).parse(JSON.parse(command));
  expect(words.slice(0, 2)).toEqual(PROGRAM);
  expect((await helpOf(words.slice(2))).code).toBe(0);
  expect(instructions('USER')).toEqual(['node']);
  const kept = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = instructions('COPY').flatMap((line) => line.split(' ').slice(0, -1));
  expect(copied.toSorted()).toEqual(kept.toSorted());
  for (const name of copied) expect(existsSync(`${ROOT}${name}`), name).toBe(true);
});
