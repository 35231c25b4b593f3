import type { Section } from '../articles/section.ts';
import { Problem } from '../ground/errors.ts';
import { type EditionId, isId, type NewsletterId } from '../ground/ids.ts';
import { newsletterById } from '../newsletters/newsletters.ts';
import type { Database } from '../store/database.ts';
import type { EditionState } from './lifecycle.ts';

/** An article as an edition carries it: frozen, whatever becomes of the article. */
export interface CarriedArticle {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly excerpt: string;
  readonly author: string | null;
  readonly imageUrl: string | null;
  readonly words: number;
  readonly publishedAt: Temporal.Instant;
  readonly sourceTitle: string | null;
}

/** An edition as people see it. */
export interface EditionView {
  readonly id: EditionId;
  readonly newsletterId: NewsletterId;
  readonly newsletter: string;
  readonly number: number;
  readonly kind: string;
  readonly state: EditionState;
  readonly reason: string | null;
  readonly from: Temporal.Instant | null;
  readonly to: Temporal.Instant;
  readonly sections: readonly {
    readonly name: string;
    readonly title: string;
    readonly articles: readonly CarriedArticle[];
  }[];
  readonly related: readonly CarriedArticle[];
}

/**
 * The edition that a person names: its id, or `SLUG#NUMBER`.
 * @throws Problem (`not_found`) when there is none; (`bad_input`) when the name is neither.
 */
export async function findEdition(db: Database, name: string): Promise<EditionId> {
  const bySlug = /^([a-z0-9-]+)#(\d{1,9})$/.exec(name);
  if (!bySlug && !isId<EditionId>(name))
    throw new Problem(
      'bad_input',
      `"${name}" names no edition: give its id (12) or newsletter and number (weekly#3).`,
    );
  const query = db
    .selectFrom('editions as e')
    .innerJoin('newsletters as n', 'n.id', 'e.newsletter_id')
    .select('e.id');
  const row = bySlug
    ? await query
        .where('n.slug', '=', bySlug[1] ?? '')
        .where('e.number', '=', Number(bySlug[2]))
        .executeTakeFirst()
    : await query.where('e.id', '=', name as EditionId).executeTakeFirst();
  if (row === undefined)
    throw new Problem('not_found', `There is no edition ${name}. See: npx broadsheet edition list`);
  return row.id;
}

/** All that an edition carries, in the newsletter's order of sections. */
export async function viewEdition(db: Database, id: EditionId): Promise<EditionView> {
  const edition = await db.selectFrom('editions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const newsletter = await newsletterById(db, edition.newsletter_id);
  const rows = await db
    .selectFrom('edition_articles')
    .selectAll()
    .where('edition_id', '=', id)
    .orderBy('position')
    .execute();
  const carried = rows.map((row) => ({
    ...row,
    article: {
      ...row,
      id: row.article_id,
      imageUrl: row.image_url,
      publishedAt: row.published_at,
      sourceTitle: row.source_title,
    },
  }));
  const articlesOf = (role: 'section' | 'related', section: string | null) =>
    carried
      .filter((row) => row.role === role && row.section === section)
      .map((row): CarriedArticle => row.article);
  const names = new Set(rows.flatMap((row) => row.section ?? []));
  return {
    id,
    newsletterId: newsletter.id,
    newsletter: newsletter.slug,
    number: edition.number,
    kind: edition.kind,
    state: edition.state,
    reason: edition.reason,
    from: edition.from_at,
    to: edition.to_at,
    sections: sectionsToShow(newsletter.sections, names).map(({ name, title }) => ({
      name,
      title,
      articles: articlesOf('section', name),
    })),
    related: articlesOf('related', null),
  };
}

/** The newsletter's sections, then those that it has no more but the edition still carries. */
function sectionsToShow(
  sections: readonly Section[],
  carried: ReadonlySet<string>,
): { name: string; title: string }[] {
  const known = new Set(sections.map((section) => section.name));
  return [
    ...sections,
    ...[...carried].filter((name) => !known.has(name)).map((name) => ({ name, title: name })),
  ];
}
