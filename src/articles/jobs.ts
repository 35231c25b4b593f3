import { z } from 'zod';
import { isId, type SourceId } from '../ground/ids.ts';
import { defineJob } from '../queue/define-job.ts';

/** Fetches one source and takes its items in. */
export const feedCollect = defineJob(
  'feed-collect',
  z.object({ sourceId: z.string().refine((text): text is SourceId => isId<SourceId>(text)) }),
);
