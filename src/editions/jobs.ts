import { z } from 'zod';
import { type EditionId, isId } from '../ground/ids.ts';
import { defineJob } from '../queue/define-job.ts';

const editionId = z.string().refine((text): text is EditionId => isId<EditionId>(text));

/** Collects the newsletter's sources once more, composes its edition, and sends it on its way. */
export const editionCompose = defineJob('edition-compose', z.object({ editionId }));
