/**
 * What the edition pass of a template sees: one edition's content, the same for everybody.
 * Everything here came from feeds and people: plain text is plain text, `html` has been sanitised.
 */
export interface EditionContent {
  readonly newsletter: {
    readonly slug: string;
    readonly name: string;
    readonly language: string;
    readonly timeZone: string;
    readonly description: string;
    /** Postal address of the publisher, several lines allowed; empty when there is none. */
    readonly address: string;
    readonly siteUrl: string | null;
  };
  readonly edition: {
    readonly number: number;
    /** ISO instant: the day printed under the masthead. */
    readonly date: string;
    readonly intro: string;
    /** Read in the browser; also List-Archive. */
    readonly webUrl: string;
    readonly archiveUrl: string;
  };
  readonly sections: readonly SectionContent[];
  /** Ranked candidates for "You may also like"; a subscriber sees the first three not sent to them before. */
  readonly related: readonly ArticleContent[];
}

interface SectionContent {
  /** Machine name, `latest-updates`. */
  readonly name: string;
  /** What readers see, `Latest updates`. */
  readonly title: string;
  readonly articles: readonly ArticleContent[];
}

export interface ArticleContent {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly excerpt: string;
  readonly author: string | null;
  /** ISO instant. */
  readonly publishedAt: string;
  readonly image: { readonly url: string; readonly alt: string } | null;
  /** 0 when so little text is known that a time would mislead: a feed's teaser is not the article. */
  readonly readingMinutes: number;
  /** The site's name, for editions from several sources. */
  readonly sourceTitle: string | null;
}

/** A template's files, as text. `text` is null when the plain-text part is derived from the HTML. */
export interface TemplateSource {
  readonly name: string;
  readonly body: string;
  readonly subject: string;
  readonly text: string | null;
}

/**
 * An edition after the edition pass: three Handlebars texts in which only `subscriber`, `links` and `recipient`
 * are left to fill. JSON-safe: stored in `editions.frozen` and never rendered from articles again.
 */
export interface CompiledEdition {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Candidates' article ids in rank order, for choosing per subscriber. */
  readonly relatedIds: readonly string[];
}

/** What the subscriber's pass sees. */
export interface Recipient {
  readonly subscriber: {
    readonly email: string;
    readonly name: string | null;
    readonly firstName: string | null;
  };
  readonly links: { readonly unsubscribe: string; readonly web: string };
  /** Article ids of the related candidates that this person is shown (at most three). */
  readonly relatedIds: readonly string[];
}

export interface PersonalMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}
