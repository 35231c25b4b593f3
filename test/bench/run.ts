/** `npm run bench -- [NAME …] [--json] …`: see USAGE. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/ground/errors.ts';
import { BENCHMARKS } from './all.ts';
import type { BenchContext, Benchmark } from './bench.ts';
import { lazyServers } from './support/servers.ts';
import { type Entry, load, machine, table } from './table.ts';

const USAGE = `npm run bench -- [NAME …] [options]

${BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(18)}${about}`).join('\n')}

  Without a name all of them run, in less than five minutes. Postgres and Redis are those of DATABASE_URL and REDIS_URL, or
  private ones. The sink is Postfix's smtp-sink where it is installed.

  --subscribers N   of deliver, deliver-embedded (4,000) and fan-out (100,000)
  --feeds N         of collect (100)
  --mails N         of personalise, a round (300)
  --rounds N        of personalise (5) and start (3)
  --profile DIR     the delivering process writes a CPU profile there
  --json            results for machines, on stdout
`;

class WrongUse extends Error {}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new WrongUse(`--${name} must be a whole number above 0.`);
}

function readCommandLine(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    subscribers: text,
    feeds: text,
    mails: text,
    rounds: text,
    profile: text,
    json: flag,
    help: flag,
  };
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new WrongUse(messageOf(error));
  }
}

function chosen(names: readonly string[]): readonly Benchmark[] {
  const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) throw new WrongUse(`There is no benchmark "${unknown.join('", "')}".`);
  return names.length === 0 ? BENCHMARKS : BENCHMARKS.filter(({ name }) => names.includes(name));
}

async function runAll(benchmarks: readonly Benchmark[], context: BenchContext): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const { name, run } of benchmarks) {
    const before = load();
    context.say(`${name} (load ${before})`);
    const found = await run(context);
    entries.push({ name, load: [before, load()], found });
  }
  return entries;
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = readCommandLine(args);
  if (values.help) return void process.stdout.write(USAGE);
  const benchmarks = chosen(positionals);
  const sizes = {
    subscribers: wholeNumber('subscribers', values.subscribers),
    feeds: wholeNumber('feeds', values.feeds),
    mails: wholeNumber('mails', values.mails),
    rounds: wholeNumber('rounds', values.rounds),
  };
  const servers = lazyServers(process.env);
  try {
    const entries = await runAll(benchmarks, {
      sizes,
      servers: servers.get,
      profileDir: values.profile ?? null,
      say: (text) => void process.stderr.write(`${text}\n`),
    });
    const result = values.json
      ? `${JSON.stringify({ machine: machine(), entries }, null, 2)}\n`
      : table(entries);
    process.stdout.write(result);
  } finally {
    await servers.stop();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof WrongUse)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
