import type { Selectable } from 'kysely';
import { type Section, sectionsSchema } from '../articles/section.ts';
import { Problem } from '../ground/errors.ts';
import type { NewsletterId } from '../ground/ids.ts';
import type { NewslettersTable } from '../store/tables.ts';

/** A publication that people subscribe to. */
export interface Newsletter {
  readonly id: NewsletterId;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly fromName: string;
  readonly fromEmail: string;
  readonly replyTo: string | null;
  readonly siteUrl: string | null;
  /** Postal address of the publisher, several lines allowed; empty when there is none. */
  readonly address: string;
  /** Where the schedule's hours are meant, an IANA name. */
  readonly timeZone: string;
  readonly language: string;
  /** Cron expression; null when editions are made by hand only. */
  readonly schedule: string | null;
  /** When schedule or time zone was last set: times before it are not made up. */
  readonly scheduledFrom: Temporal.Instant;
  readonly template: string;
  readonly review: 'none' | 'required';
  /** What happens to a mail whose answer was lost. */
  readonly unsurePolicy: 'resend' | 'hold';
  readonly minArticles: number;
  /** Minutes to wait before each further try. */
  readonly retryMinutes: readonly number[];
  readonly giveUpHours: number;
  readonly sections: readonly Section[];
  readonly createdAt: Temporal.Instant;
  readonly removedAt: Temporal.Instant | null;
  /** Goes up by one with each change. */
  readonly version: number;
}

function sectionsOf(row: Selectable<NewslettersTable>): readonly Section[] {
  const read = sectionsSchema.safeParse(JSON.parse(row.sections));
  if (read.success) return read.data;
  throw new Problem(
    'conflict',
    `The stored sections of "${row.slug}" cannot be read any more. Set them anew: broadsheet newsletter set ${row.slug} --sections FILE.json`,
  );
}

/**
 * A row as the program speaks of it.
 * @throws Problem (`conflict`) when its sections do not fit the rules of sections.
 */
export function newsletterOf(row: Selectable<NewslettersTable>): Newsletter {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    fromName: row.from_name,
    fromEmail: row.from_email,
    replyTo: row.reply_to,
    siteUrl: row.site_url,
    address: row.address,
    timeZone: row.time_zone,
    language: row.language,
    schedule: row.schedule,
    scheduledFrom: row.scheduled_from,
    template: row.template,
    review: row.review,
    unsurePolicy: row.unsure_policy,
    minArticles: row.min_articles,
    retryMinutes: row.retry_minutes,
    giveUpHours: row.give_up_hours,
    sections: sectionsOf(row),
    createdAt: row.created_at,
    removedAt: row.removed_at,
    version: row.version,
  };
}
