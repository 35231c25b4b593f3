import type { FastifyInstance } from 'fastify';
import { renderWebVersion } from '../rendering/web-version.ts';
import { findPublicEdition, findPublicNewsletter, listArchive, listPublicNewsletters } from './archive.ts';
import { type PageDeps, sendPage } from './deps.ts';
import { sendNotFound } from './errors.ts';
import { dayOf } from './moments.ts';
import type { PageContexts } from './pages.ts';
import { EDITION_POLICY } from './security.ts';

const PER_PAGE = 50;

/** An edition's number as it stands in an address, or null. */
function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

/** The publisher's site, when it is one that a browser should be sent to. */
function siteOf(url: string | null): { siteUrl: string | null; siteHost: string | null } {
  const parsed = url === null ? null : URL.parse(url);
  return parsed && /^https?:$/.test(parsed.protocol)
    ? { siteUrl: parsed.href, siteHost: parsed.host }
    : { siteUrl: null, siteHost: null };
}

async function newsletterContext(
  { db, base }: PageDeps,
  newsletter: NonNullable<Awaited<ReturnType<typeof findPublicNewsletter>>>,
  before: number | null,
): Promise<PageContexts['newsletter']> {
  const page = `${base}/n/${newsletter.slug}`;
  const found = await listArchive(db, newsletter.id, { before, limit: PER_PAGE + 1 });
  const shown = found.slice(0, PER_PAGE);
  const next = found.length > PER_PAGE ? `${page}?before=${shown.at(-1)?.number}` : null;
  return {
    name: newsletter.name,
    description: newsletter.description,
    ...siteOf(newsletter.site_url),
    ended: newsletter.removed_at !== null,
    later: before !== null,
    editions: shown.map(({ number, subject, startedAt }) => ({
      href: `${page}/${number}`,
      number,
      subject: subject || `No. ${number}`,
      date: startedAt && dayOf(startedAt, newsletter.time_zone),
    })),
    pages: before !== null || next !== null ? { first: before === null ? null : page, next } : null,
  };
}

/** `/`, `/n/SLUG` and `/n/SLUG/NUMBER`: what is published here, for everybody. */
export function registerNewsletters(server: FastifyInstance, deps: PageDeps): void {
  server.get('/', async (_request, reply) => {
    const found = await listPublicNewsletters(deps.db);
    const newsletters = found.map(({ slug, name, description, latest, time_zone }) => ({
      href: `${deps.base}/n/${slug}`,
      name,
      description,
      latest: latest && dayOf(latest, time_zone),
    }));
    return sendPage(deps, reply, { name: 'home', title: 'Newsletters', context: { newsletters } });
  });

  server.get<{ Params: { slug: string }; Querystring: { before?: string | string[] } }>(
    '/n/:slug',
    async ({ params, query }, reply) => {
      const newsletter = await findPublicNewsletter(deps.db, params.slug);
      if (newsletter === undefined) return sendNotFound(deps, reply);
      const before = typeof query.before === 'string' ? numberOf(query.before) : null;
      return sendPage(deps, reply, {
        name: 'newsletter',
        title: newsletter.name,
        frame: { canonical: before === null ? deps.links.newsletter(newsletter.slug) : null },
        context: await newsletterContext(deps, newsletter, before),
      });
    },
  );

  server.get<{ Params: { slug: string; number: string } }>(
    '/n/:slug/:number',
    async ({ params: { slug, number: text } }, reply) => {
      const number = numberOf(text);
      const edition = number === null ? null : await findPublicEdition(deps.db, slug, number);
      if (number === null || edition === null) return sendNotFound(deps, reply);
      const html = renderWebVersion(edition, {
        webUrl: deps.links.edition(slug, number),
        newsletterUrl: deps.links.newsletter(slug),
      });
      return reply
        .header('content-security-policy', EDITION_POLICY)
        .type('text/html; charset=utf-8')
        .send(html);
    },
  );
}
