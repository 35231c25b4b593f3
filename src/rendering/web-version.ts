import { createPersonaliser } from './personalise.ts';
import type { CompiledEdition } from './types.ts';

/** Where the page of an edition stands, and where a reader goes who wants to sign up or leave. */
export interface WebVersionLinks {
  /** `PUBLIC_URL/n/SLUG/NUMBER` */
  readonly webUrl: string;
  /** `PUBLIC_URL/n/SLUG` */
  readonly newsletterUrl: string;
}

/**
 * The edition as a page for everybody: no name, no address, no unsubscribe token, and the first three of the
 * pieces that readers may also like. A template tells it by `{{#if subscriber.email}}` being false.
 */
export function renderWebVersion(compiled: CompiledEdition, links: WebVersionLinks): string {
  const personalise = createPersonaliser(compiled);
  return personalise({
    subscriber: { email: '', name: null, firstName: null },
    links: { unsubscribe: links.newsletterUrl, web: links.webUrl },
    relatedIds: compiled.relatedIds.slice(0, 3),
  }).html;
}
