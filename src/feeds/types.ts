/** One entry of a feed, normalised. Texts have their entities decoded once; HTML is as the feed had it: hostile. */
export interface FeedItem {
  /** The feed's own id (guid, atom:id), or null. */
  readonly id: string | null;
  readonly title: string;
  /** Absolute http(s) address, or null. */
  readonly link: string | null;
  /** ISO instants, or null when absent or unreadable. */
  readonly published: string | null;
  readonly updated: string | null;
  readonly author: string | null;
  readonly categories: readonly string[];
  readonly summary: string | null;
  readonly html: string | null;
  readonly image: string | null;
}

export interface Feed {
  readonly format: 'rss' | 'atom' | 'json' | 'rdf';
  readonly title: string | null;
  readonly link: string | null;
  readonly items: readonly FeedItem[];
}
