import { EXAMPLE_ARTICLES } from './articles.ts';
import { COMMUNITIES, type Community } from './example-names.ts';
import { type Random, seededRandom } from './example-random.ts';

/** A person on the example newsletter's list. */
export interface ExampleSubscriber {
  readonly email: string;
  readonly name: string;
  /** An IANA name. */
  readonly timeZone: string;
  /** Some of `EXAMPLE_TOPICS`; empty for those who want everything. */
  readonly topics: string[];
}

/** Reserved for examples (RFC 2606): nobody's mail. */
const DOMAINS = ['example.com', 'example.org', 'example.net'] as const;

const PARTS = 8;
/** Steps through the family names, so that neighbours on the list are no family. */
const STRIDE = 3;

/** What the example site writes about: its categories and its tags. */
export const EXAMPLE_TOPICS: readonly string[] = [
  ...new Set(EXAMPLE_ARTICLES.flatMap((article) => [article.category, ...article.tags])),
].sort();

function pick<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[Math.floor(random() * items.length)];
}

function topicsOf(random: Random): string[] {
  const wanted = Math.max(0, Math.floor(random() * 6) - 1);
  const topics = Array.from({ length: wanted }, () => pick(EXAMPLE_TOPICS, random) ?? '');
  return [...new Set(topics)].sort();
}

/**
 * The person at a place of a community's list. The place counts through given names, family names, domains and at last
 * a number behind the name, so that no address comes twice.
 */
function person(from: Community, place: number, random: Random): ExampleSubscriber {
  const first = place % PARTS;
  const row = Math.floor(place / PARTS) % PARTS;
  const round = Math.floor(place / (PARTS * PARTS));
  const given = from.given[first] ?? { written: '', latin: '' };
  const family = from.family[(row + first * STRIDE) % PARTS] ?? { written: '', latin: '' };
  const number = Math.floor(round / DOMAINS.length);
  const domain = DOMAINS[(round + first + row) % DOMAINS.length];
  return {
    email: `${given.latin}.${family.latin}${number === 0 ? '' : number + 1}@${domain}`,
    name: from.join(given.written, family.written),
    timeZone: pick(from.zones, random) ?? 'UTC',
    topics: topicsOf(random),
  };
}

/**
 * The first `count` people of an endless list: always the same ones, each with an address of their own.
 * A longer list begins with the shorter one.
 */
export function* exampleSubscribers(count: number): Generator<ExampleSubscriber, void> {
  const random = seededRandom('subscribers');
  for (let index = 0; index < count; index += 1) {
    const community = COMMUNITIES[index % COMMUNITIES.length];
    if (community) yield person(community, Math.floor(index / COMMUNITIES.length), random);
  }
}
