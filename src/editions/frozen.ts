import { z } from 'zod';
import { Problem } from '../ground/errors.ts';

/** What an approved edition keeps for ever: the compiled mail, and all of the newsletter that its mails show. */
const frozenSchema = z.object({
  compiled: z.object({
    subject: z.string(),
    html: z.string(),
    text: z.string(),
    relatedIds: z.array(z.string()),
  }),
  slug: z.string(),
  number: z.int(),
  newsletterName: z.string(),
  fromName: z.string(),
  fromEmail: z.string(),
  replyTo: z.string().nullable(),
  webUrl: z.string(),
  newsletterUrl: z.string(),
  retryMinutes: z.array(z.int()),
  giveUpHours: z.int(),
});

export type Frozen = z.output<typeof frozenSchema>;

/**
 * Reads `editions.frozen`.
 * @throws Problem when it is missing or damaged: then nothing can be sent from it.
 */
export function readFrozen(text: string | null): Frozen {
  const parsed = frozenSchema.safeParse(text === null ? null : JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Problem('conflict', 'This edition has no frozen content: approve it first.');
}
