import type { Updateable } from 'kysely';
import { Problem } from '../ground/errors.ts';
import type { NewslettersTable } from '../store/tables.ts';
import { readSender } from './sender.ts';
import {
  quoted,
  readLanguage,
  readLine,
  readRetryMinutes,
  readSections,
  readSite,
  readText,
  readWholeNumber,
  readWord,
} from './values.ts';

/** What a person may set, as they write it. `null` empties what may be empty; a field that is left out stays. */
export interface NewsletterSettings {
  name?: string | undefined;
  /** `Name <a@b.example>` or `a@b.example`, which leaves the name as it is (at first the newsletter's). */
  from?: string | undefined;
  replyTo?: string | null | undefined;
  description?: string | undefined;
  siteUrl?: string | null | undefined;
  address?: string | undefined;
  timeZone?: string | undefined;
  language?: string | undefined;
  schedule?: string | null | undefined;
  template?: string | undefined;
  review?: string | undefined;
  unsurePolicy?: string | undefined;
  minArticles?: number | string | undefined;
  retryMinutes?: readonly number[] | undefined;
  giveUpHours?: number | string | undefined;
  /** Parsed JSON; the shape is that of `articles/section.ts`. */
  sections?: unknown;
}

/** Knowledge of other folders, given from outside. Each throws a Problem that says what is wrong. */
export interface Checks {
  readonly checkSchedule: (expression: string) => void;
  readonly checkTimeZone: (zone: string) => void;
  readonly checkTemplate: (name: string) => void | Promise<void>;
}

type Columns = Pick<
  Updateable<NewslettersTable>,
  | 'name'
  | 'description'
  | 'from_name'
  | 'from_email'
  | 'reply_to'
  | 'site_url'
  | 'address'
  | 'time_zone'
  | 'language'
  | 'schedule'
  | 'template'
  | 'review'
  | 'unsure_policy'
  | 'min_articles'
  | 'retry_minutes'
  | 'give_up_hours'
  | 'sections'
>;

/** Runs the reading of one field, if it was given, and keeps its Problem for the list. */
type Field = <T>(value: T | undefined, read: (value: T) => Columns | Promise<Columns>) => Promise<void>;

function senderColumns(text: string): Columns {
  const sender = readSender(text);
  if (sender === null)
    throw new Problem(
      'bad_input',
      `The sender ${quoted(text)} must be written as Name <news@example.com> or news@example.com.`,
    );
  if (sender.name === '') return { from_email: sender.email };
  return { from_email: sender.email, from_name: readLine("The sender's name", sender.name, 200) };
}

function replyColumns(text: string | null): Columns {
  const sender = text === null ? null : readSender(text);
  if (text !== null && sender === null)
    throw new Problem(
      'bad_input',
      `The reply address ${quoted(text)} must be written as editor@example.com.`,
    );
  return { reply_to: sender?.email ?? null };
}

async function readWhen(given: NewsletterSettings, checks: Checks, field: Field): Promise<void> {
  await field(given.schedule, (text) => {
    if (text === null) return { schedule: null };
    checks.checkSchedule(text);
    return { schedule: text.trim().split(/\s+/).join(' ') };
  });
  await field(given.timeZone, (zone) => {
    checks.checkTimeZone(zone);
    // In the spelling of the IANA database.
    return { time_zone: new Temporal.ZonedDateTime(0n, zone).timeZoneId };
  });
}

async function readRules(given: NewsletterSettings, checks: Checks, field: Field): Promise<void> {
  await field(given.template, async (name) => {
    await checks.checkTemplate(name);
    return { template: name };
  });
  await field(given.review, (word) => ({
    review: readWord('The review', word, ['none', 'required'] as const),
  }));
  await field(given.unsurePolicy, (word) => ({
    unsure_policy: readWord('What happens to unsure mails', word, ['resend', 'hold'] as const),
  }));
  await field(given.minArticles, (n) => ({
    min_articles: readWholeNumber('The least number of articles', n, 0, 500),
  }));
  await field(given.retryMinutes, (list) => ({ retry_minutes: readRetryMinutes(list) }));
  await field(given.giveUpHours, (n) => ({
    give_up_hours: readWholeNumber('The hours before giving up', n, 1, 168),
  }));
  await field(given.sections, (value) => ({ sections: JSON.stringify(readSections(value)) }));
}

async function readLooks(given: NewsletterSettings, field: Field): Promise<void> {
  await field(given.name, (text) => ({ name: readLine('The name', text, 200) }));
  await field(given.from, senderColumns);
  await field(given.replyTo, replyColumns);
  await field(given.description, (text) => ({ description: readText('The description', text, 2000) }));
  await field(given.siteUrl, (text) => ({ site_url: text === null ? null : readSite(text) }));
  await field(given.address, (text) => ({ address: readText('The postal address', text, 500) }));
  await field(given.language, (text) => ({ language: readLanguage(text) }));
}

/**
 * Reads what was given into columns; what was not given is left out.
 * @param before sentences about what the caller found wrong already.
 * @throws Problem (`bad_input`) with a sentence for each wrong field, all at once.
 */
export async function readSettings(
  checks: Checks,
  given: NewsletterSettings,
  before: readonly string[] = [],
): Promise<Columns> {
  const problems = [...before];
  const columns: Columns = {};
  const field: Field = async (value, read) => {
    if (value === undefined) return;
    try {
      Object.assign(columns, await read(value));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(error.message);
    }
  };
  await readLooks(given, field);
  await readWhen(given, checks, field);
  await readRules(given, checks, field);
  if (problems.length === 0) return columns;
  const sentence =
    problems.length === 1
      ? `${problems[0]} Nothing was saved.`
      : `Nothing was saved:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`;
  throw new Problem('bad_input', sentence);
}
