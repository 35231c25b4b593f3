import { DEFAULT_SECTIONS } from '../../src/articles/section.ts';
import { addSource, type Source } from '../../src/feeds/sources.ts';
import type { Feed, FeedItem } from '../../src/feeds/types.ts';
import type { NewsletterId } from '../../src/ground/ids.ts';
import type { Database } from '../../src/store/database.ts';

/** A newsletter of the default sections. */
export async function makeNewsletter(db: Database, slug = 'weekly'): Promise<NewsletterId> {
  const { id } = await db
    .insertInto('newsletters')
    .values({
      slug,
      name: slug,
      from_name: 'Chain News',
      from_email: 'news@chain.example',
      sections: JSON.stringify(DEFAULT_SECTIONS),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A source of that newsletter. */
export async function makeSource(
  db: Database,
  newsletterId: NewsletterId,
  url = 'https://chain.example/feed.xml',
  section: string | null = null,
): Promise<Source> {
  const { source } = await addSource({ db }, { newsletterId, url, section });
  return source;
}

/** An item of a feed: a story of its own, unless told otherwise. */
export function item(name: string, more: Partial<FeedItem> = {}): FeedItem {
  return {
    id: `id-${name}`,
    title: `Story ${name}`,
    link: `https://chain.example/${name}`,
    published: '2026-11-20T10:00:00Z',
    updated: null,
    author: 'Ana Ruiz',
    categories: ['News'],
    summary: `What ${name} says.`,
    html: `<p>The whole of ${name}.</p>`,
    image: null,
    ...more,
  };
}

export function feed(...items: FeedItem[]): Feed {
  return { format: 'rss', title: 'Chain News', link: 'https://chain.example/', items };
}
