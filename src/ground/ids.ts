/** Ids are Postgres bigints, carried as decimal strings and branded by noun, so that one never stands for another. */
type Id<Noun extends string> = string & { readonly noun: Noun };

export type ArticleId = Id<'article'>;
export type DeliveryId = Id<'delivery'>;
export type EditionId = Id<'edition'>;
export type NewsletterId = Id<'newsletter'>;
export type RelayId = Id<'relay'>;
export type RunId = Id<'run'>;
export type SourceId = Id<'source'>;
export type SubscriberId = Id<'subscriber'>;
export type SubscriptionId = Id<'subscription'>;
export type TemplateVersionId = Id<'template version'>;

const LARGEST = 9_223_372_036_854_775_807n;

/** True for the decimal form of a positive bigint; the caller names the noun: `isId<EditionId>(text)`. */
export function isId<I extends Id<string>>(text: string): text is I {
  return /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= LARGEST;
}
