import { type Benchmark, NO_SERVERS } from './bench.ts';
import { compareWithYardstick } from './support/against-yardstick.ts';
import { inPlace } from './support/place.ts';

const SUBSCRIBERS = 4_000;

/** One delivering process on Postgres and Redis against the loop that one would write first. */
export const deliver: Benchmark = {
  name: 'deliver',
  about: 'an edition by one process on Postgres and Redis, against a nodemailer loop',
  async run(context) {
    const servers = await context.servers();
    if (servers === null) return NO_SERVERS;
    return inPlace(servers, (place) =>
      compareWithYardstick(context, {
        place,
        args: ['start', '--only', 'deliver'],
        subscribers: context.sizes.subscribers ?? SUBSCRIBERS,
        engine: 'Postgres (fsync off) and Redis',
        goal: '≥ 4 when both sign',
      }),
    );
  },
};
