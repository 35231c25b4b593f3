import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { messageOf, Problem } from './errors.ts';

const flag = z
  .enum(['true', 'false', '1', '0', ''], { error: 'must be true or false' })
  .transform((value) => value === 'true' || value === '1');
const count = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);
const urlOf = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const settings = z.object({
  DATABASE_URL: urlOf('postgres:', 'postgresql:').optional(),
  REDIS_URL: urlOf('redis:', 'rediss:').optional(),
  SMTP_URL: z.string().optional(),
  QUEUE_AHEAD: count(1, 1_000_000).default(5_000),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z0-9_-]+$/i, 'must be letters, digits, - and _')
    .default('broadsheet'),
  QUEUE_LOCK_SECONDS: count(1, 3_600).default(60),
  DELIVER_CONCURRENCY: count(1, 1_000).optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: count(0, 65_535).default(3000),
  PUBLIC_URL: urlOf('http:', 'https:').default('http://localhost:3000'),
  SECRET_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  LOG_FORMAT: z.enum(['pretty', 'json'], { error: 'must be pretty or json' }).optional(),
  ALLOW_PRIVATE_FEEDS: flag.default(false),
  BEAT_SECONDS: count(1, 3_600).default(5),
  RUN_DEAD_SECONDS: count(1, 3_600).default(30),
  SWEEP_SECONDS: count(1, 3_600).default(15),
  REOFFER_SECONDS: count(1, 86_400).default(300),
  UNSURE_SECONDS: count(1, 86_400).default(720),
  DIE_AT: z
    .string()
    .regex(/^(claimed|handed over|answered|recorded)(:[1-9]\d*)?$/, 'must name a moment of a delivery')
    .optional(),
  STOP_SECONDS: count(1, 3_600).default(30),
});

type Settings = z.output<typeof settings>;

/** Every setting that this program reads from the environment. */
export const SETTING_NAMES: readonly string[] = Object.keys(settings.shape);

/** The settings of a process, read once; see the README for what each means. */
export interface Config extends Omit<Settings, 'PUBLIC_URL' | 'DATA_DIR'> {
  /** Without a slash at its end. */
  readonly PUBLIC_URL: string;
  /** Absolute. */
  readonly DATA_DIR: string;
  /** True when the database lives in `DATA_DIR`. */
  readonly embedded: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads `NAME_FILE` in place of `NAME`, as container secrets are mounted. */
function withFiles(env: Environment, problems: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const file = env[`${name}_FILE`];
    const value = env[name];
    if (value && file) problems.push(`${name} and ${name}_FILE are both set: keep one`);
    if (value) values[name] = value;
    else if (file) {
      try {
        values[name] = readFileSync(file, 'utf8').trimEnd();
      } catch (error) {
        problems.push(`${name}_FILE cannot be read: ${messageOf(error)}`);
      }
    }
  }
  return values;
}

function crossChecks(values: Partial<Settings>): string[] {
  const problems: string[] = [];
  if (values.DATABASE_URL && !values.SECRET_KEY)
    problems.push(
      'SECRET_KEY must be set (32 characters or more) when DATABASE_URL is: all processes sign links with it',
    );
  return problems;
}

/**
 * Reads the settings from an environment.
 * @throws Problem (`bad_input`) that names every wrong setting at once.
 */
export function readConfig(env: Environment): Config {
  const problems: string[] = [];
  const given = withFiles(env, problems);
  const parsed = settings.safeParse(given);
  if (!parsed.success)
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  problems.push(...crossChecks(parsed.data ?? given));
  if (!parsed.success || problems.length > 0)
    throw new Problem(
      'bad_input',
      `Settings are wrong, nothing was started:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  return {
    ...parsed.data,
    PUBLIC_URL: parsed.data.PUBLIC_URL.replace(/\/+$/, ''),
    DATA_DIR: resolve(parsed.data.DATA_DIR),
    embedded: parsed.data.DATABASE_URL === undefined,
  };
}
