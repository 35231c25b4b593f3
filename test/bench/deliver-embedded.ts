import type { Benchmark } from './bench.ts';
import { compareWithYardstick } from './support/against-yardstick.ts';
import { inPlace } from './support/place.ts';

const SUBSCRIBERS = 4_000;

/** The whole program in one process, its database and queue embedded, against the same loop. */
export const deliverEmbedded: Benchmark = {
  name: 'deliver-embedded',
  about: 'the same by the whole program in one process on PGlite',
  run: (context) =>
    inPlace(null, (place) =>
      compareWithYardstick(context, {
        place,
        args: ['start'],
        subscribers: context.sizes.subscribers ?? SUBSCRIBERS,
        engine: 'PGlite and its queue',
        goal: '≥ 1 when both sign',
      }),
    ),
};
