import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Selectable } from 'kysely';
import { onTestFinished } from 'vitest';
import type { Frozen } from '../../src/editions/frozen.ts';
import type { EditionId, NewsletterId, SubscriptionId } from '../../src/ground/ids.ts';
import { silentLog } from '../../src/ground/log.ts';
import { listen } from '../../src/http/listen.ts';
import { createServer, type HttpDeps } from '../../src/http/server.ts';
import { createMailboxStore, type MailboxStore } from '../../src/mailbox/store.ts';
import { createLinks, type Links } from '../../src/rendering/links.ts';
import type { Database } from '../../src/store/database.ts';
import type { EditionsTable } from '../../src/store/tables.ts';

export interface Site {
  readonly origin: string;
  readonly links: Links;
  readonly server: ReturnType<typeof createServer>;
}

/** A mailbox in a folder of the test's own. */
export function testMailbox(): MailboxStore {
  const dir = mkdtempSync(join(tmpdir(), 'broadsheet-mailbox-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return createMailboxStore(dir);
}

/** Puts a raw mail into a mailbox and gives its id. */
export function addMail(mailbox: MailboxStore, source: string): Promise<string> {
  async function* content() {
    yield Buffer.from(source);
  }
  return mailbox.add({ from: 'bounce@example.com', to: ['ada@example.org'] }, content());
}

/** A listening web server on a free port, closed when the test ends. */
export async function startSite(db: Database, changes: Partial<HttpDeps> = {}): Promise<Site> {
  const publicUrl = changes.publicUrl ?? 'https://news.example.com';
  const links = createLinks({ publicUrl, secret: 'a secret of thirty-two letters or more' });
  const server = createServer({
    db,
    log: silentLog(),
    publicUrl,
    links,
    mailbox: null,
    mailLeaves: true,
    ready: async () => ({ ok: true, checks: { database: 'ok' } }),
    version: '1.2.3',
    ...changes,
  });
  const origin = await listen(server, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return { origin, links, server };
}

export async function addNewsletter(
  db: Database,
  values: { slug?: string; name?: string; description?: string; site_url?: string } = {},
): Promise<NewsletterId> {
  const slug = values.slug ?? 'weekly';
  const { id } = await db
    .insertInto('newsletters')
    .values({
      name: 'The Weekly',
      from_name: 'News',
      from_email: 'news@example.com',
      sections: '[]',
      ...values,
      slug,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A subscription of ada@example.org, or of another address. */
export async function addSubscription(
  db: Database,
  newsletter: NewsletterId,
  email = 'ada@example.org',
): Promise<SubscriptionId> {
  const subscriber = await db
    .insertInto('subscribers')
    .values({ email, email_key: email, key_hash: Buffer.from(email) })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id } = await db
    .insertInto('subscriptions')
    .values({ newsletter_id: newsletter, subscriber_id: subscriber.id, state: 'active' })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function addTemplate(db: Database) {
  const template = await db
    .insertInto('templates')
    .values({ name: 'digest' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const version = {
    template_id: template.id,
    n: 1,
    source: '',
    source_hash: Buffer.alloc(0),
    state: 'published',
  } as const;
  const { id } = await db
    .insertInto('template_versions')
    .values(version)
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** An edition that was frozen with this subject and HTML, in any state and of any kind. */
export async function addEdition(
  db: Database,
  edition: {
    newsletter: NewsletterId;
    template: Awaited<ReturnType<typeof addTemplate>>;
    number: number;
    state?: Selectable<EditionsTable>['state'];
    kind?: 'manual' | 'rehearsal' | 'resend';
    parent?: EditionId;
    subject?: string;
    html?: string;
  },
): Promise<EditionId> {
  const at = Temporal.Instant.from('2026-01-05T09:00:00Z').add({ hours: 168 * edition.number });
  const compiled = {
    subject:
      edition.subject ??
      `Edition {{#if subscriber.firstName}}for {{subscriber.firstName}} {{/if}}${edition.number}`,
    html: edition.html ?? '<!doctype html><title>x</title><p>Hello {{subscriber.email}}</p>',
    text: 'Hello',
    relatedIds: [],
  };
  const frozen: Frozen = {
    compiled,
    slug: 'weekly',
    number: edition.number,
    newsletterName: 'Weekly',
    fromName: 'Weekly',
    fromEmail: 'news@news.example',
    replyTo: null,
    webUrl: 'https://news.example/n/weekly/1',
    newsletterUrl: 'https://news.example/n/weekly',
    retryMinutes: [1],
    giveUpHours: 24,
  };
  const state = edition.state ?? 'sent';
  const { id } = await db
    .insertInto('editions')
    .values({
      newsletter_id: edition.newsletter,
      number: edition.number,
      kind: edition.kind ?? 'manual',
      parent_id: edition.parent ?? null,
      to_at: at,
      template_version_id: edition.template,
      frozen: JSON.stringify(frozen),
      state,
      reason: state === 'failed' || state === 'skipped' ? 'because' : null,
      started_at: at,
      finished_at: at,
      fan_out_done: true,
      audience: 0,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
