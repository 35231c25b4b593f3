import { describe, expect, test } from 'vitest';
import { arrangeEdition } from '../../src/editions/arrange.ts';
import { composeEdition } from '../../src/editions/compose.ts';
import { createEdition } from '../../src/editions/create.ts';
import { type EditionView, viewEdition } from '../../src/editions/find.ts';
import type { ArticleId } from '../../src/ground/ids.ts';
import { engines } from '../support/backends.ts';
import { makeWorld } from '../support/world.ts';

const titles = (view: EditionView) =>
  Object.fromEntries(
    view.sections.map((section) => [section.name, section.articles.map((article) => article.title)]),
  );

describe.each(engines())('arranging a draft, on %s', (backend) => {
  async function draft() {
    const world = await makeWorld(backend);
    await world.collect();
    const { db } = world.app;
    const id = await createEdition(db, world.newsletter, {
      kind: 'manual',
      from: null,
      to: world.app.clock.now(),
    });
    if (id === null) throw new Error('no edition');
    await composeEdition(db, id);
    const named = async (title: string) =>
      (await db.selectFrom('articles').select('id').where('title', '=', title).executeTakeFirstOrThrow()).id;
    return { world, db, id, named, view: () => viewEdition(db, id) };
  }

  test('drop leaves an article out and closes the gap; pin puts it back where it is told', async () => {
    const { db, id, named, view } = await draft();
    expect(titles(await view())).toEqual({
      'latest-updates': ['Alpha', 'Delta'],
      'in-depth': ['Beta'],
      'expert-opinions': ['Gamma'],
    });
    await arrangeEdition(db, id, { verb: 'drop', article: await named('Alpha') });
    expect(titles(await view())).toMatchObject({ 'latest-updates': ['Delta'] });
    await arrangeEdition(db, id, {
      verb: 'pin',
      article: await named('Alpha'),
      place: { section: 'in-depth', position: 1 },
    });
    expect(titles(await view())).toEqual({
      'latest-updates': ['Delta'],
      'in-depth': ['Alpha', 'Beta'],
      'expert-opinions': ['Gamma'],
    });
  });

  test('move changes the order, and the section', async () => {
    const { db, id, named, view } = await draft();
    await arrangeEdition(db, id, { verb: 'move', article: await named('Delta'), place: { position: 1 } });
    expect(titles(await view())).toMatchObject({ 'latest-updates': ['Delta', 'Alpha'] });
    await arrangeEdition(db, id, {
      verb: 'move',
      article: await named('Gamma'),
      place: { section: 'latest-updates' },
    });
    expect(titles(await view())).toEqual({
      'latest-updates': ['Delta', 'Alpha', 'Gamma'],
      'in-depth': ['Beta'],
      'expert-opinions': [],
    });
  });

  test('what it cannot have is refused, and changes nothing', async () => {
    const { db, id, named, view } = await draft();
    const before = titles(await view());
    const unknown = '999999' as ArticleId;
    await expect(arrangeEdition(db, id, { verb: 'pin', article: unknown, place: {} })).rejects.toThrow(
      'No source of this newsletter',
    );
    await expect(arrangeEdition(db, id, { verb: 'move', article: unknown, place: {} })).rejects.toThrow(
      'does not carry article 999999',
    );
    await expect(
      arrangeEdition(db, id, { verb: 'move', article: await named('Beta'), place: { section: 'sports' } }),
    ).rejects.toThrow('There is no section "sports"');
    expect(titles(await view())).toEqual(before);
  });
});
