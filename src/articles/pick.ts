import type { Candidate } from './candidates.ts';
import { titleKey } from './identity.ts';
import type { Section } from './section.ts';

/** What the choice looks at. */
export type Pickable = Pick<
  Candidate,
  'id' | 'title' | 'author' | 'categories' | 'words' | 'happenedAt' | 'section'
>;

export interface Picked<A> {
  /** In the newsletter's order; a section may be empty. */
  readonly sections: readonly { readonly section: Section; readonly articles: readonly A[] }[];
  /** `why` is a sentence for the operator. */
  readonly leftOut: readonly { readonly article: A; readonly why: string }[];
}

type Alternative = Section['anyOf'][number];

const folded = (text: string): string => text.normalize('NFKC').toLowerCase().trim();

/** A title as ` word word `, so that a word or phrase can be looked for whole. */
const spaced = (text: string): string =>
  ` ${titleKey(text)
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()} `;

function shares(wanted: readonly string[], given: readonly string[]): boolean {
  const present = new Set(given.map(folded));
  return wanted.some((word) => present.has(folded(word)));
}

/** An author line may name several people. */
const authorsOf = (line: string | null): string[] =>
  line === null ? [] : [line, ...line.split(/,|;|&|\band\b/)];

/** True when an article meets every condition of an alternative. */
function meets(article: Pickable, rule: Alternative): boolean {
  const title = spaced(article.title);
  return (
    (!rule.categories || shares(rule.categories, article.categories)) &&
    (!rule.authors || shares(rule.authors, authorsOf(article.author))) &&
    (!rule.titleWords ||
      rule.titleWords.some((word) => spaced(word).trim() && title.includes(spaced(word)))) &&
    (rule.minWords === undefined || article.words >= rule.minWords) &&
    (rule.maxWords === undefined || article.words <= rule.maxWords)
  );
}

function newestFirst(a: Pickable, b: Pickable): number {
  const byTime = Temporal.Instant.compare(b.happenedAt, a.happenedAt);
  return byTime || (BigInt(a.id) < BigInt(b.id) ? 1 : BigInt(a.id) > BigInt(b.id) ? -1 : 0);
}

/** The sections that may take an article: its source's own, else the first whose rule it meets, else those without rules. */
function homesOf(article: Pickable, sections: readonly Section[]): Section[] {
  const own = sections.find((section) => section.name === article.section);
  const first =
    own ?? sections.find((section) => section.anyOf.some((alternative) => meets(article, alternative)));
  return first ? [first] : sections.filter((section) => section.anyOf.length === 0);
}

function whyNot(homes: readonly Section[]): string {
  if (homes.length === 0) return 'No section’s rule fits it, and no section takes what is left.';
  const names = homes.map((section) => `“${section.title}”`).join(' and ');
  const room = homes.map((section) => section.limit).join(' and ');
  return homes.length === 1
    ? `${names} is full of newer articles (it holds ${room}).`
    : `${names} are full of newer articles (they hold ${room}).`;
}

/**
 * Fills the sections of an edition, the newest article first, none twice. An article goes to the section that its source names,
 * else to the first whose rule it meets, else to the first with room of those that take whatever is left. It does
 * not move on from a full section with a rule: a reader finds opinions under opinions, or not at all.
 * @param articles in any order
 */
export function pickArticles<A extends Pickable>(
  articles: readonly A[],
  sections: readonly Section[],
): Picked<A> {
  const filled = sections.map((section) => ({ section, articles: [] as A[] }));
  const leftOut: { article: A; why: string }[] = [];
  const seen = new Set<string>();
  for (const article of articles.toSorted(newestFirst)) {
    if (seen.has(article.id)) continue;
    seen.add(article.id);
    const homes = homesOf(article, sections);
    const place = filled.find(
      (slot) => homes.includes(slot.section) && slot.articles.length < slot.section.limit,
    );
    if (place) place.articles.push(article);
    else leftOut.push({ article, why: whyNot(homes) });
  }
  return { sections: filled, leftOut };
}
