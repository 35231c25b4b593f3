import { IN_DEPTH } from './articles/in-depth.ts';
import { ARCHIVED_IN_DEPTH } from './articles/in-depth-archive.ts';
import { NEWS } from './articles/news.ts';
import { OPINIONS } from './articles/opinion.ts';
import type { Motif, Palette } from './example-images.ts';

type ExampleCategory = 'news' | 'in-depth' | 'opinion';

/** One story of the example site. Projects, places, bodies and people in it are invented. */
export interface ExampleArticle {
  readonly slug: string;
  readonly title: string;
  readonly category: ExampleCategory;
  readonly author: string;
  readonly tags: readonly string[];
  /** How many hours before the demo's present it came out. */
  readonly hoursAgo: number;
  /** Plain text, a sentence or two. */
  readonly summary: string;
  readonly image: { readonly motif: Motif; readonly palette: Palette };
  /** Links within the site begin with a slash. */
  readonly html: string;
}

/** The example site's articles, newest first: three weeks of them, fourteen in the last seven days. */
export const EXAMPLE_ARTICLES: readonly ExampleArticle[] = [
  ...NEWS,
  ...IN_DEPTH,
  ...ARCHIVED_IN_DEPTH,
  ...OPINIONS,
].sort((a, b) => a.hoursAgo - b.hoursAgo);

/** When an article came out, for a site whose present is `now`; on a whole minute. */
export function publishedAt(article: ExampleArticle, now: Temporal.Instant): Temporal.Instant {
  const exact = now.subtract({ minutes: Math.round(article.hoursAgo * 60) });
  return exact.round({ smallestUnit: 'minute', roundingMode: 'floor' });
}
