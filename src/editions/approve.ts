import { sql } from 'kysely';
import { Problem } from '../ground/errors.ts';
import type { EditionId } from '../ground/ids.ts';
import { type Newsletter, newsletterById } from '../newsletters/newsletters.ts';
import { compileEdition } from '../rendering/compile.ts';
import type { Links } from '../rendering/links.ts';
import { publishedVersion } from '../rendering/template-versions.ts';
import { readTemplate } from '../rendering/templates.ts';
import type { ArticleContent, CompiledEdition, EditionContent } from '../rendering/types.ts';
import type { Database } from '../store/database.ts';
import { type CarriedArticle, type EditionView, viewEdition } from './find.ts';
import type { Frozen } from './frozen.ts';
import { stateConflict } from './lifecycle.ts';

export interface ApproveDeps {
  readonly db: Database;
  readonly links: Links;
}

/** Words a minute of a reader who reads to understand. */
const READING_SPEED = 220;
/** Feeds that give only a teaser give less than this. */
const TEASER_WORDS = 60;

function articleContent(article: CarriedArticle): ArticleContent {
  return {
    id: article.id,
    title: article.title,
    url: article.url,
    excerpt: article.excerpt,
    author: article.author,
    publishedAt: article.publishedAt.toString(),
    image: article.imageUrl === null ? null : { url: article.imageUrl, alt: article.title },
    readingMinutes: article.words < TEASER_WORDS ? 0 : Math.max(1, Math.round(article.words / READING_SPEED)),
    sourceTitle: article.sourceTitle,
  };
}

/** What the template sees of an edition. Empty sections are left out. */
function contentOf(
  edition: EditionView,
  newsletter: Newsletter,
  intro: string,
  links: Links,
): EditionContent {
  const { slug, name, language, timeZone, description, address, siteUrl } = newsletter;
  const sections = edition.sections.filter((section) => section.articles.length > 0);
  return {
    newsletter: { slug, name, language, timeZone, description, address, siteUrl },
    edition: {
      number: edition.number,
      date: edition.to.toString(),
      intro,
      webUrl: links.edition(slug, edition.number),
      archiveUrl: links.newsletter(slug),
    },
    sections: sections.map(({ name, title, articles }) => ({
      name,
      title,
      articles: articles.map(articleContent),
    })),
    related: edition.related.map(articleContent),
  };
}

/**
 * Renders an edition as it stands, for a look at it; writes nothing.
 * @throws Problem (`bad_input`) when the template is broken.
 */
export async function previewEdition(deps: ApproveDeps, id: EditionId): Promise<CompiledEdition> {
  const edition = await viewEdition(deps.db, id);
  const newsletter = await newsletterById(deps.db, edition.newsletterId);
  const { intro } = await deps.db
    .selectFrom('editions')
    .select('intro')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return compileEdition(
    await readTemplate(newsletter.template),
    contentOf(edition, newsletter, intro, deps.links),
  );
}

/**
 * Compiles a composed edition and freezes what will be sent. A broken template leaves the edition as it was.
 * @param sendAt when sending may start; null: at once.
 * @throws Problem (`conflict`) when its state does not allow it; (`bad_input`) when the template is broken.
 */
export async function approveEdition(
  deps: ApproveDeps,
  id: EditionId,
  sendAt: Temporal.Instant | null,
): Promise<void> {
  // The version is read before what it is the version of: a change in between is then noticed.
  const { intro, version } = await deps.db
    .selectFrom('editions')
    .select(['intro', 'version'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const edition = await viewEdition(deps.db, id);
  await assertApprovable(deps.db, edition);
  const newsletter = await newsletterById(deps.db, edition.newsletterId);
  const template = await readTemplate(newsletter.template);
  const compiled = await compileEdition(template, contentOf(edition, newsletter, intro, deps.links));
  const versionId = await publishedVersion(deps.db, template);
  const row = await deps.db
    .updateTable('editions')
    .set({
      state: 'approved',
      frozen: JSON.stringify(freeze(edition, newsletter, compiled, deps.links)),
      template_version_id: versionId,
      send_at: sendAt ?? sql`now()`,
      version: version + 1,
    })
    .where('id', '=', id)
    .where('version', '=', version)
    .where('state', 'in', ['draft', 'in_review'])
    .returning('id')
    .executeTakeFirst();
  if (row === undefined)
    throw new Problem(
      'conflict',
      `Edition ${id} was changed meanwhile. Nothing was approved. Look at it again.`,
    );
}

async function assertApprovable(db: Database, edition: EditionView): Promise<void> {
  if (edition.state !== 'draft' && edition.state !== 'in_review')
    throw await stateConflict(db, edition.id, 'sent');
  if (edition.sections.every((section) => section.articles.length === 0))
    throw new Problem(
      'conflict',
      `${edition.newsletter}#${edition.number} has no articles. Nothing was sent. Run: npx broadsheet collect, then compose it.`,
    );
  const repeated = await firstRepeated(db, edition);
  if (repeated !== null)
    throw new Problem(
      'conflict',
      `“${repeated.title}” was carried by ${edition.newsletter}#${repeated.number} meanwhile. Nothing was sent. Leave it out: npx broadsheet edition drop ${edition.id} ${repeated.id}`,
    );
}

/** Drafts made by hand may share articles until one of them is approved; the other must not repeat them. */
async function firstRepeated(db: Database, { id, newsletterId }: EditionView) {
  const row = await db
    .selectFrom('edition_articles as own')
    .innerJoin('edition_articles as other', 'other.article_id', 'own.article_id')
    .innerJoin('editions as e', 'e.id', 'other.edition_id')
    .select(['own.article_id as id', 'own.title', 'e.number'])
    .where('own.edition_id', '=', id)
    .where('own.role', '=', 'section')
    .where('other.role', '=', 'section')
    .where('e.id', '<>', id)
    .where('e.newsletter_id', '=', newsletterId)
    .where('e.kind', 'in', ['regular', 'manual'])
    .where('e.state', 'in', ['approved', 'sending', 'paused', 'sent'])
    .orderBy('own.position')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

function freeze(
  edition: EditionView,
  newsletter: Newsletter,
  compiled: CompiledEdition,
  links: Links,
): Frozen {
  return {
    compiled: { ...compiled, relatedIds: [...compiled.relatedIds] },
    slug: newsletter.slug,
    number: edition.number,
    newsletterName: newsletter.name,
    fromName: newsletter.fromName,
    fromEmail: newsletter.fromEmail,
    replyTo: newsletter.replyTo,
    webUrl: links.edition(newsletter.slug, edition.number),
    newsletterUrl: links.newsletter(newsletter.slug),
    retryMinutes: [...newsletter.retryMinutes],
    giveUpHours: newsletter.giveUpHours,
  };
}

/** Puts a composed draft before an operator. */
export async function askForReview(db: Database, id: EditionId): Promise<void> {
  await db
    .updateTable('editions')
    .set({ state: 'in_review' })
    .where('id', '=', id)
    .where('state', '=', 'draft')
    .execute();
}

/** Ends a draft that cannot be made, with the reason. */
export async function failEdition(db: Database, id: EditionId, reason: string): Promise<void> {
  await db
    .updateTable('editions')
    .set({ state: 'failed', reason, finished_at: sql`now()` })
    .where('id', '=', id)
    .where('state', 'in', ['draft', 'in_review'])
    .execute();
}
