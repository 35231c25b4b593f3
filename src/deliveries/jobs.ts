import { z } from 'zod';
import { type DeliveryId, type EditionId, isId } from '../ground/ids.ts';
import { defineJob } from '../queue/define-job.ts';

const editionId = z.string().refine((text): text is EditionId => isId<EditionId>(text));
const deliveryId = z.string().refine((text): text is DeliveryId => isId<DeliveryId>(text));

/** Which delivery: the reference that every job, log line and address carries. */
const deliveryRef = z.object({ editionId, id: deliveryId });
export type DeliveryRef = z.output<typeof deliveryRef>;

/** One delivery's job, over its whole life. */
export const deliverySend = defineJob('delivery-send', deliveryRef);

/** Writes an edition's audience into the ledger. */
export const editionFanOut = defineJob('edition-fan-out', z.object({ editionId }));

/** The job id of a delivery. */
export function deliveryJobId(id: DeliveryId): string {
  return `d-${id}`;
}
