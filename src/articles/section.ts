import { z } from 'zod';

const words = z.array(z.string().trim().min(1).max(100)).max(50);

/** One alternative of a section's rule: an article must meet every condition that is given. */
const alternative = z
  .strictObject({
    /** The article carries one of these categories (compared without case). */
    categories: words.optional(),
    authors: words.optional(),
    /** One of these words stands in the title. */
    titleWords: words.optional(),
    minWords: z.int().min(0).optional(),
    maxWords: z.int().min(1).optional(),
  })
  .refine((conditions) => Object.keys(conditions).length > 0, 'must hold at least one condition');

/** A named slot of an edition with the rule that fills it. Without alternatives it takes whatever is left. */
const sectionSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and -'),
  title: z.string().trim().min(1).max(200),
  limit: z.int().min(1).max(50),
  anyOf: z.array(alternative).max(20),
});

export const sectionsSchema = z
  .array(sectionSchema)
  .min(1)
  .max(20)
  .refine(
    (sections) => new Set(sections.map((section) => section.name)).size === sections.length,
    'must have different names',
  );

export type Section = z.output<typeof sectionSchema>;

/** The sections of a newsletter that has not been told otherwise: what the sign-up block promises. */
export const DEFAULT_SECTIONS: readonly Section[] = [
  {
    name: 'latest-updates',
    title: 'Latest updates',
    limit: 6,
    anyOf: [],
  },
  {
    name: 'in-depth',
    title: 'In-depth',
    limit: 4,
    anyOf: [
      { categories: ['in-depth', 'in depth', 'analysis', 'feature', 'features', 'long read', 'research'] },
      { minWords: 900 },
    ],
  },
  {
    name: 'expert-opinions',
    title: 'Expert opinions',
    limit: 4,
    anyOf: [
      {
        categories: [
          'opinion',
          'opinions',
          'expert opinion',
          'expert opinions',
          'column',
          'commentary',
          'interview',
        ],
      },
    ],
  },
];
