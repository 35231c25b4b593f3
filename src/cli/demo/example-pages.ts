import { EXAMPLE_ARTICLES, type ExampleArticle, publishedAt } from './articles.ts';
import { articleHtml, articleUrl, escaped, SITE_DESCRIPTION, SITE_TITLE } from './example-feed.ts';

const STYLE = `
  :root { color-scheme: light dark; }
  body { margin: 0 auto; max-width: 42rem; padding: 1.5rem 1.25rem 4rem; font: 1.125rem/1.6 Georgia, serif; }
  header, footer, .by { font: 0.9rem/1.5 system-ui, sans-serif; opacity: 0.8; }
  h1 { font-size: 2rem; line-height: 1.2; margin: 1.5rem 0 0.5rem; }
  h2 { font-size: 1.3rem; margin: 2rem 0 0.5rem; }
  img { max-width: 100%; height: auto; border-radius: 6px; }
  blockquote { margin: 1.5rem 0; padding-left: 1rem; border-left: 3px solid currentColor; font-style: italic; }
  li { margin: 0.4rem 0; }
`;

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="alternate" type="application/rss+xml" title="${escaped(SITE_TITLE)}" href="/feed.xml">
<style>${STYLE}</style>
</head>
<body>
<header><a href="/">${escaped(SITE_TITLE)}</a></header>
${body}
<footer><p>${escaped(SITE_DESCRIPTION)}</p></footer>
</body>
</html>
`;
}

function day(article: ExampleArticle, now: Temporal.Instant): string {
  const instant = publishedAt(article, now);
  const words = instant.toLocaleString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
  return `<time datetime="${instant.toString()}">${words}</time>`;
}

/** The page of one article. */
export function articlePage(origin: string, now: Temporal.Instant, article: ExampleArticle): string {
  const tags = article.tags.map(escaped).join(', ');
  return page(
    `${article.title} · ${SITE_TITLE}`,
    `<main>
<h1>${escaped(article.title)}</h1>
<p class="by">${escaped(article.author)} · ${day(article, now)} · ${escaped(article.category)} · ${tags}</p>
${articleHtml(origin, article)}
</main>`,
  );
}

/** The front page: every article, newest first. */
export function frontPage(origin: string, now: Temporal.Instant): string {
  const entries = EXAMPLE_ARTICLES.map(
    (article) => `<li><a href="${articleUrl(origin, article)}">${escaped(article.title)}</a>
<span class="by">${escaped(article.category)} · ${day(article, now)}</span></li>`,
  );
  return page(
    SITE_TITLE,
    `<main>\n<h1>${escaped(SITE_TITLE)}</h1>\n<ul>\n${entries.join('\n')}\n</ul>\n</main>`,
  );
}
