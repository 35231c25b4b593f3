import { sql } from 'kysely';
import { archiveOf, type Candidate, candidatesOf } from '../articles/candidates.ts';
import { type Picked, pickArticles } from '../articles/pick.ts';
import { rankRelated } from '../articles/related.ts';
import type { EditionId } from '../ground/ids.ts';
import { type Newsletter, newsletterById } from '../newsletters/newsletters.ts';
import type { Database } from '../store/database.ts';

/** What composing an edition came to. */
export interface Composed {
  readonly state: 'draft' | 'skipped';
  readonly reason: string | null;
}

/** Frozen candidates for "You may also like". */
const RELATED = 12;

/**
 * Chooses an edition's articles and writes them down, in one transaction: they are never selected again by a time
 * window. An edition that was composed already stays as it is. Too few articles, and it is skipped with the reason.
 */
export async function composeEdition(db: Database, editionId: EditionId): Promise<Composed> {
  return db.transaction().execute(async (trx) => {
    const edition = await trx
      .selectFrom('editions')
      .selectAll()
      .where('id', '=', editionId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (edition.composed_at !== null || edition.state !== 'draft')
      return { state: edition.state === 'skipped' ? 'skipped' : 'draft', reason: edition.reason };
    const newsletter = await newsletterById(trx, edition.newsletter_id);
    const from = edition.from_at ?? edition.to_at;
    const window = { newsletterId: newsletter.id, from, to: edition.to_at, edition: editionId };
    const picked = pickArticles(await candidatesOf(trx, window), newsletter.sections);
    const chosen = picked.sections.flatMap((section) => section.articles);
    const archive = await archiveOf(trx, { newsletterId: newsletter.id, before: from });
    await writeArticles(trx, editionId, picked, rankRelated(chosen, archive, RELATED));
    const reason = reasonToSkip(newsletter, chosen.length);
    await trx
      .updateTable('editions')
      .set({ composed_at: sql`now()`, ...(reason === null ? {} : { state: 'skipped', reason }) })
      .where('id', '=', editionId)
      .execute();
    return { state: reason === null ? 'draft' : 'skipped', reason };
  });
}

function reasonToSkip(newsletter: Newsletter, articles: number): string | null {
  const least = Math.max(1, newsletter.minArticles);
  if (articles >= least) return null;
  return articles === 0
    ? 'no article that no earlier edition carried lies in its window'
    : `${articles} of at least ${least} articles lie in its window`;
}

async function writeArticles(
  trx: Database,
  editionId: EditionId,
  picked: Picked<Candidate>,
  related: readonly Candidate[],
): Promise<void> {
  const inSections = picked.sections.flatMap(({ section, articles }) =>
    articles.map((article, position) =>
      articleRow(editionId, article, { role: 'section', section: section.name, position }),
    ),
  );
  const alsoLike = related.map((article, position) =>
    articleRow(editionId, article, { role: 'related', section: null, position }),
  );
  const rows = [...inSections, ...alsoLike];
  if (rows.length > 0) await trx.insertInto('edition_articles').values(rows).execute();
}

type Place =
  | { readonly role: 'section'; readonly section: string; readonly position: number }
  | { readonly role: 'related'; readonly section: null; readonly position: number };

/** What an edition keeps of an article, whatever becomes of the article. */
export function articleRow(editionId: EditionId, article: Candidate, place: Place) {
  return {
    edition_id: editionId,
    article_id: article.id,
    ...place,
    title: article.title,
    url: article.url,
    excerpt: article.excerpt,
    author: article.author,
    image_url: article.imageUrl,
    words: article.words,
    published_at: article.happenedAt,
    source_title: article.sourceTitle,
  };
}
