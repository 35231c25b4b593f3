import type { Candidate } from './candidates.ts';
import { wordsOf } from './words.ts';

/** What texts are compared by. */
export type TextArticle = Pick<Candidate, 'id' | 'title' | 'excerpt' | 'html' | 'happenedAt'>;

/** A word in the title says as much as so many in the text. */
const TITLE_WEIGHT = 4;
/** The topic stands at the beginning; more than this costs time and adds little. */
const TEXT_LENGTH = 2_500;
/** Texts that are this alike tell the same story: one of them is enough. */
const SAME_STORY = 0.9;

/** Weights by word; of length 1 as a vector. */
type Vector = ReadonlyMap<string, number>;

/** How often each word occurs, those of the title more. */
function countsOf(article: TextArticle): Map<string, number> {
  // Cleaned HTML has no `<` or `>` in texts and attributes: what stands between them is a tag.
  const text = article.html.replace(/<[^>]*>?|&\w+;/g, ' ').slice(0, TEXT_LENGTH);
  const counts = new Map<string, number>();
  const add = (words: readonly string[], weight: number) => {
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + weight);
  };
  add(wordsOf(article.title), TITLE_WEIGHT);
  add(wordsOf(`${article.excerpt} ${text}`), 1);
  return counts;
}

/** How rare each word is among all the texts: ln(N ÷ n), so that a word of all of them says nothing. */
function rarityOf(all: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const documents = new Map<string, number>();
  for (const counts of all)
    for (const word of counts.keys()) documents.set(word, (documents.get(word) ?? 0) + 1);
  return new Map([...documents].map(([word, n]) => [word, Math.log(all.length / n)]));
}

function vectorOf(counts: ReadonlyMap<string, number>, rarity: ReadonlyMap<string, number>): Vector {
  const weights = [...counts].map(
    ([word, n]) => [word, (1 + Math.log(n)) * (rarity.get(word) ?? 0)] as const,
  );
  const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1;
  return new Map(weights.filter(([, weight]) => weight > 0).map(([word, weight]) => [word, weight / length]));
}

/** The cosine of two vectors of length 1: 0 for nothing in common, 1 for the same words. */
function cosine(a: Vector, b: Vector): number {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  let sum = 0;
  for (const [word, weight] of few) sum += weight * (many.get(word) ?? 0);
  return sum;
}

/** The greatest cosine with any of several vectors, which are given by word: each word is looked up once. */
function closest(
  vector: Vector,
  byWord: ReadonlyMap<string, readonly [number, number][]>,
  n: number,
): number {
  const sums = new Float64Array(n);
  for (const [word, weight] of vector)
    for (const [i, other] of byWord.get(word) ?? []) sums[i] = (sums[i] ?? 0) + weight * other;
  return sums.reduce((most, sum) => Math.max(most, sum), 0);
}

function indexByWord(vectors: readonly Vector[]): Map<string, [number, number][]> {
  const index = new Map<string, [number, number][]>();
  for (const [i, vector] of vectors.entries())
    for (const [word, weight] of vector) {
      const places = index.get(word);
      if (places) places.push([i, weight]);
      else index.set(word, [[i, weight]]);
    }
  return index;
}

/**
 * The archive's articles that are nearest to any of this week's, nearest first, by the cosine of their TF-IDF vectors
 * (Salton and Buckley 1988). Of those equally near the newer comes first. Left out: what has nothing in
 * common with the week, what the week carries, and what tells the same story as it or as one already chosen.
 */
export function rankRelated<A extends TextArticle>(
  week: readonly TextArticle[],
  archive: readonly A[],
  limit = 12,
): A[] {
  const present = new Set<string>(week.map((article) => article.id));
  const older = archive.filter((article) => !present.has(article.id));
  const counts = [...week, ...older].map(countsOf);
  const rarity = rarityOf(counts);
  const vectors = counts.map((count) => vectorOf(count, rarity));
  const byWord = indexByWord(vectors.slice(0, week.length));
  const scored = older.map((article, i) => {
    const vector = vectors[week.length + i] ?? new Map<string, number>();
    return { article, vector, score: closest(vector, byWord, week.length) };
  });
  scored.sort(
    (a, b) =>
      b.score - a.score ||
      Temporal.Instant.compare(b.article.happenedAt, a.article.happenedAt) ||
      Number(BigInt(b.article.id) - BigInt(a.article.id)),
  );
  const chosen: typeof scored = [];
  for (const next of scored) {
    if (chosen.length === limit) break;
    if (next.score <= 0 || next.score >= SAME_STORY) continue;
    if (!chosen.some((other) => cosine(other.vector, next.vector) >= SAME_STORY)) chosen.push(next);
  }
  return chosen.map(({ article }) => article);
}
