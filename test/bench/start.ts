import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Benchmark, type Measured, median, timed } from './bench.ts';
import { type Child, logged, startBroadsheet, startNode } from './support/children.ts';
import { inPlace, type Place } from './support/place.ts';

const ROUNDS = 3;
const GOAL_SECONDS = 3;
const OPEN_PGLITE = fileURLToPath(new URL('./open-pglite.ts', import.meta.url));

async function answersReady(child: Child): Promise<void> {
  const { url } = await child.heard(logged('web pages are served'));
  const response = await fetch(`${url}/readyz`);
  await response.body?.cancel();
  if (!response.ok) throw new Error(`/readyz answered ${response.status}`);
}

/** Seconds from the start of the process until it is ready; then it is stopped in order. */
async function startOnce({ env }: Place): Promise<number> {
  let child: Child | undefined;
  try {
    const { seconds } = await timed(async () => {
      child = startBroadsheet(['start'], env);
      await answersReady(child);
    });
    // Stopping in the middle of starting is another matter.
    await child?.heard(logged('started'));
    return seconds;
  } finally {
    await child?.stop();
  }
}

async function openPglite({ env }: Place): Promise<number> {
  let child: Child | undefined;
  const { seconds } = await timed(async () => {
    child = startNode([OPEN_PGLITE, join(env.DATA_DIR ?? '', 'database')]);
    await child.heard((line) => (line === 'open' ? line : null));
  });
  await child?.ended();
  return seconds;
}

async function bareNode(): Promise<number> {
  return (await timed(() => startNode(['-e', '0']).ended())).seconds;
}

async function measure(place: Place, rounds: number): Promise<Measured> {
  const first = await startOnce(place);
  const [ready, opened, bare]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    ready.push(await startOnce(place));
    opened.push(await openPglite(place));
    bare.push(await bareNode());
  }
  const [ours, pglite, node] = [median(ready), median(opened), median(bare)];
  return {
    kind: 'measured',
    setUp: `embedded, the median of ${rounds} starts`,
    figures: [
      { what: 'first start of all, until /readyz answers', value: first, unit: 's' },
      { what: 'later starts, until /readyz answers', value: ours, unit: 's' },
      { what: 'opening PGlite alone', value: pglite, unit: 's' },
      { what: 'node -e 0', value: node, unit: 's' },
    ],
    ratios: [
      { what: 'start ÷ opening PGlite alone', value: ours / pglite, goal: null },
      { what: 'start ÷ node -e 0', value: ours / node, goal: null },
      { what: `start ÷ ${GOAL_SECONDS} s`, value: ours / GOAL_SECONDS, goal: '≤ 1' },
    ],
    notes: ['Each is a process of its own, from its start on.'],
  };
}

/** `broadsheet start` with everything embedded, against the parts of it that are not ours. */
export const start: Benchmark = {
  name: 'start',
  about: 'broadsheet start, embedded, until it is ready, against PGlite and Node alone',
  run: (context) => inPlace(null, (place) => measure(place, context.sizes.rounds ?? ROUNDS)),
};
