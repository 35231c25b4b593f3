import type { FastifyInstance } from 'fastify';
import { arrivalOf } from '../mailbox/mail-id.ts';
import { type Message, parseMessage } from '../mailbox/message.ts';
import type { MailboxStore } from '../mailbox/store.ts';
import { type PageDeps, sendNotice, sendPage } from './deps.ts';
import { localOnly } from './local-only.ts';
import { sizeOf, timeOf } from './moments.ts';
import type { Frame, PageContexts } from './pages.ts';
import { MAIL_POLICY } from './security.ts';

/** More of a mail than this is not put into a page: it can be downloaded. */
const SHOWN_BYTES = 512 * 1024;
const VIEWS = ['html', 'text', 'source', 'headers'] as const;
const LABELS = { html: 'HTML', text: 'Text', source: 'Source', headers: 'Headers' } as const;

type View = (typeof VIEWS)[number];

interface OpenedMail {
  readonly id: string;
  readonly source: Buffer;
  readonly message: Message;
}

async function openMail(mailbox: MailboxStore, id: string): Promise<OpenedMail | null> {
  const source = await mailbox.read(id);
  return source && { id, source, message: await parseMessage(source) };
}

/** The view that was asked for, or the first that has something to show. */
function viewOf(asked: unknown, message: Message): View {
  const known = VIEWS.find((view) => view === asked);
  if (known) return known;
  if (message.html !== null) return 'html';
  return message.text !== null ? 'text' : 'source';
}

function cut(text: string): { text: string; note: string | null } {
  if (text.length <= SHOWN_BYTES) return { text, note: null };
  return {
    text: text.slice(0, SHOWN_BYTES).toWellFormed(),
    note: 'This is the beginning; the whole is in the file.',
  };
}

function viewContext(
  view: View,
  { source, message }: OpenedMail,
  path: string,
): PageContexts['mail']['view'] {
  const empty = { html: null, text: null, label: LABELS[view], headers: null, note: null };
  const missing = message.unreadable ? 'This mail cannot be taken apart: see its source.' : null;
  switch (view) {
    case 'html':
      return message.html === null
        ? { ...empty, note: missing ?? 'This mail has no HTML part.' }
        : { ...empty, html: `${path}/html` };
    case 'text':
      return message.text === null
        ? { ...empty, note: missing ?? 'This mail has no plain-text part.' }
        : { ...empty, ...cut(message.text) };
    case 'headers':
      return { ...empty, headers: message.headers, note: missing };
    case 'source':
      return { ...empty, ...cut(source.toString('utf8')) };
  }
}

function mailContext(opened: OpenedMail, view: View, path: string): PageContexts['mail'] {
  const { id, source, message } = opened;
  return {
    from: message.from || 'nobody',
    to: message.to || 'nobody',
    subject: message.subject || 'No subject',
    date: timeOf(arrivalOf(id) ?? Temporal.Instant.fromEpochMilliseconds(0)),
    size: sizeOf(source.length),
    attachments: message.attachments.map((part) => ({ ...part, size: sizeOf(part.size) })),
    tabs: VIEWS.map((name) => ({
      href: `${path}?view=${name}`,
      label: LABELS[name],
      current: name === view,
    })),
    view: viewContext(view, opened, path),
    download: `${path}/source.eml`,
  };
}

async function listContext(
  { mailLeaves }: PageDeps,
  mailbox: MailboxStore,
  root: string,
  before: string | undefined,
): Promise<PageContexts['mailbox']> {
  const [{ mails, next }, total] = await Promise.all([mailbox.list({ before }), mailbox.count()]);
  return {
    total: total === 1 ? '1 mail' : `${total.toLocaleString('en')} mails`,
    mailLeaves,
    older: before !== undefined,
    mails: mails.map(({ id, from, to, subject, date, size }) => ({
      href: `${root}/${id}`,
      from: from || 'nobody',
      to: to || 'nobody',
      subject: subject || 'No subject',
      date: timeOf(date),
      size: sizeOf(size),
    })),
    pages:
      before === undefined && next === null
        ? null
        : { first: before === undefined ? null : root, next: next && `${root}?before=${next}` },
  };
}

/** The mail's HTML with links that open outside the frame: inside it most pages refuse to be shown. */
function withOutsideLinks(html: string): string {
  const base = '<base target="_blank">';
  const head = /<head\b[^>]*>/i.exec(html);
  if (head === null) return base + html;
  const end = head.index + head[0].length;
  return html.slice(0, end) + base + html.slice(end);
}

/** `/admin/mailbox`: the mails that were caught, for the person at this machine. */
export function registerMailbox(server: FastifyInstance, deps: PageDeps): void {
  const root = `${deps.base}/admin/mailbox`;
  const frame: Partial<Frame> = { home: { href: root, label: 'Mailbox' }, private: true, wide: true };
  const { mailbox } = deps;
  server.register((scope, _options, done) => {
    scope.addHook('onRequest', localOnly(deps));
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      if (mailbox === null)
        await sendNotice(deps, reply, {
          status: 404,
          title: 'There is no mailbox here',
          paragraphs: ['Mail goes out through a relay. The mailbox is kept only where none is configured.'],
        });
    });
    if (mailbox !== null) registerMails(scope, deps, mailbox, { root, frame });
    else scope.get('/admin/mailbox', async () => {});
    done();
  });
}

function registerMails(
  scope: FastifyInstance,
  deps: PageDeps,
  mailbox: MailboxStore,
  { root, frame }: { root: string; frame: Partial<Frame> },
): void {
  type ById = { Params: { id: string }; Querystring: { view?: unknown } };
  const gone = {
    status: 404,
    title: 'There is no such mail',
    paragraphs: ['It may have been cleared away.'],
  } as const;

  scope.get<{ Querystring: { before?: unknown } }>('/admin/mailbox', async ({ query }, reply) => {
    const before = typeof query.before === 'string' ? query.before : undefined;
    const context = await listContext(deps, mailbox, root, before);
    return sendPage(deps, reply, { name: 'mailbox', title: 'Mailbox', frame, context });
  });

  scope.get<ById>('/admin/mailbox/:id', async ({ params, query }, reply) => {
    const opened = await openMail(mailbox, params.id);
    if (opened === null) return sendNotice(deps, reply, gone);
    const context = mailContext(opened, viewOf(query.view, opened.message), `${root}/${opened.id}`);
    return sendPage(deps, reply, { name: 'mail', title: context.subject, frame, context });
  });

  scope.get<ById>('/admin/mailbox/:id/html', async ({ params }, reply) => {
    const opened = await openMail(mailbox, params.id);
    if (!opened?.message.html) return sendNotice(deps, reply, gone);
    return reply
      .header('content-security-policy', MAIL_POLICY)
      .type('text/html; charset=utf-8')
      .send(withOutsideLinks(opened.message.html));
  });

  scope.get<ById>('/admin/mailbox/:id/source.eml', async ({ params }, reply) => {
    const source = await mailbox.read(params.id);
    if (source === null) return sendNotice(deps, reply, gone);
    return reply
      .header('content-disposition', `attachment; filename="${params.id}.eml"`)
      .type('message/rfc822')
      .send(source);
  });
}
