import type { FastifyReply } from 'fastify';
import type { Log } from '../ground/log.ts';
import type { MailboxStore } from '../mailbox/store.ts';
import type { Links } from '../rendering/links.ts';
import type { Database } from '../store/database.ts';
import type { Frame, PageContexts, PageName, Pages } from './pages.ts';

/** Whether the parts that a process needs can be used: a word or a sentence for each. */
export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** What the web server uses. */
export interface HttpDeps {
  readonly db: Database;
  readonly log: Log;
  /** `PUBLIC_URL`, without a slash at its end. */
  readonly publicUrl: string;
  readonly links: Pick<Links, 'readUnsubscribe' | 'newsletter' | 'edition'>;
  /** Null where no mailbox is kept. */
  readonly mailbox: MailboxStore | null;
  /** True when a relay takes the mail, so that it leaves this machine. */
  readonly mailLeaves: boolean;
  ready(): Promise<Readiness>;
  readonly version: string;
}

/** What the routes of pages use. */
export interface PageDeps extends HttpDeps {
  readonly pages: Pages;
  /** The path of `PUBLIC_URL`, without a slash at its end: links within the site start with it. */
  readonly base: string;
}

/** Sends a page; what the frame leaves out is that of a public page. */
export function sendPage<Name extends PageName>(
  deps: Pick<PageDeps, 'pages' | 'base'>,
  reply: FastifyReply,
  page: { name: Name; title: string; frame?: Partial<Frame>; context: PageContexts[Name] },
): FastifyReply {
  const frame: Frame = {
    title: page.title,
    home: { href: `${deps.base}/`, label: 'All newsletters' },
    private: false,
    canonical: null,
    wide: false,
    ...page.frame,
  };
  return reply.type('text/html; charset=utf-8').send(deps.pages.render(page.name, frame, page.context));
}

/** Sends a page of a heading and a few sentences; never kept by a cache or a search engine. */
export function sendNotice(
  deps: Pick<PageDeps, 'pages' | 'base'>,
  reply: FastifyReply,
  notice: { status: number; title: string; paragraphs: readonly string[] },
): FastifyReply {
  const { status, title, paragraphs } = notice;
  reply.status(status).header('cache-control', 'no-store');
  return sendPage(deps, reply, { name: 'notice', title, frame: { private: true }, context: { paragraphs } });
}
