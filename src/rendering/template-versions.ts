import { createHash } from 'node:crypto';
import type { TemplateVersionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import type { TemplateSource } from './types.ts';

/**
 * The stored version of a template as it stands in its files: an edition keeps the version it was sent with. New text
 * becomes a new published version; the one before is retired.
 */
export async function publishedVersion(db: Database, template: TemplateSource): Promise<TemplateVersionId> {
  const source = JSON.stringify({ body: template.body, subject: template.subject, text: template.text });
  const hash = createHash('sha256').update(source).digest();
  return db.transaction().execute(async (trx) => {
    await trx
      .insertInto('templates')
      .values({ name: template.name })
      .onConflict((c) => c.column('name').doNothing())
      .execute();
    const { id } = await trx
      .selectFrom('templates')
      .select('id')
      .where('name', '=', template.name)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const versions = await trx
      .selectFrom('template_versions')
      .select(['id', 'n', 'source_hash', 'state'])
      .where('template_id', '=', id)
      .orderBy('n', 'desc')
      .execute();
    const published = versions.find((version) => version.state === 'published');
    if (published?.source_hash.equals(hash)) return published.id;
    if (published)
      await trx
        .updateTable('template_versions')
        .set({ state: 'retired' })
        .where('id', '=', published.id)
        .execute();
    const made = await trx
      .insertInto('template_versions')
      .values({
        template_id: id,
        n: (versions[0]?.n ?? 0) + 1,
        source,
        source_hash: hash,
        state: 'published',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return made.id;
  });
}
