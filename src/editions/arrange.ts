import type { Insertable } from 'kysely';
import { articleOf } from '../articles/candidates.ts';
import { Problem } from '../ground/errors.ts';
import type { ArticleId, EditionId, NewsletterId } from '../ground/ids.ts';
import { newsletterById } from '../newsletters/newsletters.ts';
import type { Database } from '../store/database.ts';
import type { EditionArticlesTable } from '../store/tables.ts';
import { articleRow } from './compose.ts';

/** Where an article is to stand. Left out: the section it is in (or the first), and its end. */
interface Place {
  readonly section?: string | undefined;
  /** 1 is the first. */
  readonly position?: number | undefined;
}

/** An operator's change to what a draft carries. `pin` also takes articles that the rules left out. */
export type Arrangement =
  | { readonly verb: 'pin' | 'move'; readonly article: ArticleId; readonly place: Place }
  | { readonly verb: 'drop'; readonly article: ArticleId };

type Row = Insertable<EditionArticlesTable>;

/** The rows of the sections after `row` was taken out and, unless dropped, put in its place; positions are counted anew. */
function arrange(
  rows: readonly Row[],
  row: Row,
  place: { section: string; position?: number | undefined } | null,
): Row[] {
  const others = rows.filter((other) => other.article_id !== row.article_id);
  const names = [
    ...new Set([...others.map((other) => other.section ?? ''), ...(place === null ? [] : [place.section])]),
  ];
  return names.flatMap((section) => {
    const within = others
      .filter((other) => other.section === section)
      .sort((a, b) => a.position - b.position);
    const here = place?.section === section;
    const ordered = here
      ? within.toSpliced((place.position ?? within.length + 1) - 1, 0, { ...row, section })
      : within;
    return ordered.map((other, position) => ({ ...other, position }));
  });
}

/**
 * Rearranges an edition that is not approved yet.
 * @throws Problem (`conflict`) when it is approved; (`not_found`) for an article or section that it cannot have.
 */
export async function arrangeEdition(db: Database, id: EditionId, change: Arrangement): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const edition = await trx
      .selectFrom('editions')
      .select(['state', 'newsletter_id', 'version'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (edition.state !== 'draft' && edition.state !== 'in_review')
      throw new Problem(
        'conflict',
        `The edition is ${edition.state}: what it carries is fixed. Nothing was changed.`,
      );
    const rows = await trx.selectFrom('edition_articles').selectAll().where('edition_id', '=', id).execute();
    const inSections = rows.filter((row) => row.role === 'section');
    const row = await rowOf(trx, { id, newsletterId: edition.newsletter_id }, inSections, change);
    const { sections } = await newsletterById(trx, edition.newsletter_id);
    const place =
      change.verb === 'drop'
        ? null
        : placeOf(
            change.place,
            row,
            sections.map((section) => section.name),
          );
    const arranged = arrange(inSections, row, place);
    // All at once: two that change places would meet on one position.
    const replaced = [...arranged, row].map((other) => other.article_id);
    await trx
      .deleteFrom('edition_articles')
      .where('edition_id', '=', id)
      .where((eb) => eb.or([eb('role', '=', 'section'), eb('article_id', 'in', replaced)]))
      .execute();
    if (arranged.length > 0) await trx.insertInto('edition_articles').values(arranged).execute();
    await trx
      .updateTable('editions')
      .set({ version: edition.version + 1 })
      .where('id', '=', id)
      .execute();
  });
}

async function rowOf(
  trx: Database,
  of: { id: EditionId; newsletterId: NewsletterId },
  rows: readonly Row[],
  change: Arrangement,
): Promise<Row> {
  const { id, newsletterId } = of;
  const carried = rows.find((row) => row.article_id === change.article);
  if (carried !== undefined) return carried;
  if (change.verb !== 'pin')
    throw new Problem(
      'not_found',
      `The edition does not carry article ${change.article}. Nothing was changed. See: npx broadsheet edition show ${id}`,
    );
  const article = await articleOf(trx, { newsletterId, id: change.article });
  if (article === null)
    throw new Problem(
      'not_found',
      `No source of this newsletter carried an article ${change.article}. Nothing was changed. See: npx broadsheet article list --newsletter SLUG`,
    );
  return articleRow(id, article, { role: 'section', section: article.section ?? '', position: 0 });
}

function placeOf(
  place: Place,
  row: Row,
  known: readonly string[],
): { section: string; position?: number | undefined } {
  const section = place.section ?? (row.section || known[0] || '');
  if (known.includes(section)) return { section, position: place.position };
  throw new Problem(
    'not_found',
    `There is no section "${section}". Nothing was changed. Known: ${known.join(', ')}.`,
  );
}
