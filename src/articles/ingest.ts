import { sql } from 'kysely';
import type { Source } from '../feeds/sources.ts';
import type { Feed } from '../feeds/types.ts';
import type { Clock } from '../ground/clock.ts';
import type { ArticleId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import {
  type Change,
  type Connection,
  findKnown,
  insertNew,
  type Known,
  recordSightings,
  updateKnown,
} from './article-rows.ts';
import { type Story, type StoryBody, storiesOf } from './story.ts';

export interface Ingested {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** Feeds share stories: two ingests at once could make one story twice or wait for each other's rows, so they take turns. */
const TURN = [724_031, 1] as const;
/** One statement carries at most so many items, and so many characters of text (of one item at least). */
const MOST_ITEMS = 200;
const MOST_TEXT = 4_000_000;

/** True when the story is no article yet, or its article has to be written anew. */
const isNews = (story: Story, known: Known | undefined): boolean =>
  known === undefined || (known.ours && !known.hash.equals(story.hash));

/** Splits what is to be written into statements of bounded size. */
function* portions(changes: readonly Change[]): Generator<Change[]> {
  let portion: Change[] = [];
  let text = 0;
  for (const change of changes) {
    if (portion.length > 0 && (portion.length === MOST_ITEMS || text + change.body.html.length > MOST_TEXT)) {
      yield portion;
      portion = [];
      text = 0;
    }
    portion.push(change);
    text += change.body.html.length;
  }
  if (portion.length > 0) yield portion;
}

/** A story's body, or null when its HTML is such that nothing can be made of it. */
function bodyOrNull(story: Story): StoryBody | null {
  try {
    return story.body();
  } catch {
    return null;
  }
}

/** Makes the bodies that will be needed before the transaction, letting other work in between: cleaning takes long. */
async function makeBodies(db: Connection, source: Source, stories: readonly Story[]): Promise<void> {
  const known = await findKnown(db, source, stories);
  for (const story of stories) {
    if (!isNews(story, known.get(story))) continue;
    bodyOrNull(story);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * Two items can turn out to be one article: it has moved, and another story stands at the address that it left. The one
 * with its id tells it; the other's turn comes the next time, when the address is free.
 */
function withoutRepeats(stories: readonly Story[], known: ReadonlyMap<Story, Known>): Story[] {
  const teller = new Map<ArticleId, Story>();
  for (const story of stories) {
    const found = known.get(story);
    if (found !== undefined && (found.byGuid || !teller.has(found.id))) teller.set(found.id, story);
  }
  return stories.filter((story) => {
    const id = known.get(story)?.id;
    return id === undefined || teller.get(id) === story;
  });
}

/** Writes what a feed says, in the transaction of the caller. */
async function write(
  trx: Connection,
  source: Source,
  now: Temporal.Instant,
  stories: readonly Story[],
): Promise<Ingested> {
  await sql`select pg_advisory_xact_lock(${sql.raw(TURN.join(', '))})`.execute(trx);
  const known = await findKnown(trx, source, stories);
  const told = withoutRepeats(stories, known);
  const changes = told.flatMap((story): Change[] => {
    const body = isNews(story, known.get(story)) ? bodyOrNull(story) : null;
    return body === null ? [] : [{ story, body, known: known.get(story) }];
  });
  const added = changes.filter((change) => change.known === undefined);
  const updated = changes.filter((change) => change.known !== undefined);
  for (const portion of portions(updated)) await updateKnown(trx, source, now, portion);
  for (const portion of portions(added)) await insertNew(trx, source, now, portion);
  await recordSightings(
    trx,
    source,
    now,
    told.map((story) => ({ story, known: known.get(story) })),
  );
  const unchanged = told.filter((story) => known.has(story)).length - updated.length;
  return { added: added.length, updated: updated.length, unchanged };
}

/**
 * Takes a feed's items into the articles, all or none of them. One story is one article, however many feeds carry it:
 * the source that told it first may change it, the others are remembered as having carried it. The same feed twice
 * adds nothing. An item of which nothing can be made is left out and costs the others nothing.
 * @param source where the feed came from
 */
export async function ingestFeed(
  deps: { db: Database; clock: Clock },
  source: Source,
  feed: Feed,
): Promise<Ingested> {
  const stories = storiesOf(feed, { sourceId: source.id, url: source.url });
  if (stories.length === 0) return { added: 0, updated: 0, unchanged: 0 };
  await makeBodies(deps.db, source, stories);
  return deps.db.transaction().execute((trx) => write(trx, source, deps.clock.now(), stories));
}
