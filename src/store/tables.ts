// Generated from the migrations by `npm run tables`; a test compares. Do not edit.
import type { Generated, GeneratedAlways } from 'kysely';
import type {
  ArticleId,
  DeliveryId,
  EditionId,
  NewsletterId,
  RelayId,
  RunId,
  SourceId,
  SubscriberId,
  SubscriptionId,
  TemplateVersionId,
} from '../ground/ids.ts';

export interface AppliedMigrationsTable {
  number: number;
  name: string;
  applied_at: Generated<Temporal.Instant>;
}

export interface ArticleSightingsTable {
  source_id: SourceId;
  guid: string;
  article_id: ArticleId;
  seen_at: Generated<Temporal.Instant>;
}

export interface ArticlesTable {
  id: GeneratedAlways<ArticleId>;
  url_key: Buffer;
  url: string;
  guid: string | null;
  source_id: SourceId;
  title: string;
  author: string | null;
  categories: Generated<string[]>;
  excerpt: Generated<string>;
  html: Generated<string>;
  words: Generated<number>;
  image_url: string | null;
  published_at: Temporal.Instant | null;
  published_raw: string | null;
  first_seen_at: Generated<Temporal.Instant>;
  updated_at: Generated<Temporal.Instant>;
  content_hash: Buffer;
  happened_at: GeneratedAlways<Temporal.Instant>;
}

export interface AttemptsTable {
  edition_id: EditionId;
  delivery_id: DeliveryId;
  n: number;
  relay_id: RelayId | null;
  at: Generated<Temporal.Instant>;
  took_ms: Generated<number>;
  outcome:
    | 'accepted'
    | 'accepted_late'
    | 'deferred'
    | 'bounced'
    | 'failed'
    | 'relay_trouble'
    | 'withheld'
    | 'unsure'
    | 'decided';
  code: number | null;
  enhanced: string | null;
  reply: string | null;
  queue_id: string | null;
}

export interface BouncesTable {
  id: GeneratedAlways<string>;
  raw_sha256: Buffer;
  edition_id: EditionId | null;
  delivery_id: DeliveryId | null;
  kind: 'dsn' | 'arf' | 'autoreply' | 'other';
  verdict: 'hard' | 'soft' | 'complaint' | 'delayed' | 'none';
  reason: string | null;
  received_at: Generated<Temporal.Instant>;
}

export interface ConsentsTable {
  id: GeneratedAlways<string>;
  subscription_id: SubscriptionId;
  kind: 'confirmed' | 'imported' | 'asked' | 'unsubscribed' | 'resubscribed';
  evidence: string;
  at: Generated<Temporal.Instant>;
}

export interface DeliveriesTable {
  edition_id: EditionId;
  id: Generated<DeliveryId>;
  subscriber_id: SubscriberId;
  subscription_id: SubscriptionId;
  email: string;
  lane: string;
  state: Generated<
    'queued' | 'deferred' | 'sending' | 'sent' | 'bounced' | 'failed' | 'suppressed' | 'cancelled' | 'unsure'
  >;
  tries: Generated<number>;
  claim: Generated<number>;
  doubts: Generated<number>;
  related_shown: Generated<number>;
  relay_id: RelayId | null;
  run_id: RunId | null;
  send_at: Generated<Temporal.Instant>;
  due_at: Generated<Temporal.Instant>;
  enqueued_at: Temporal.Instant | null;
  claimed_at: Temporal.Instant | null;
  handed_over_at: Temporal.Instant | null;
  finished_at: Temporal.Instant | null;
  reason: string | null;
}

export interface EditionArticlesTable {
  edition_id: EditionId;
  article_id: ArticleId;
  role: 'section' | 'related';
  section: string | null;
  position: number;
  title: string;
  url: string;
  excerpt: string;
  author: string | null;
  image_url: string | null;
  words: number;
  published_at: Temporal.Instant;
  source_title: string | null;
}

export interface EditionTalliesTable {
  edition_id: EditionId;
  shard: number;
  state: string;
  n: number;
}

export interface EditionsTable {
  id: GeneratedAlways<EditionId>;
  newsletter_id: NewsletterId;
  number: number;
  kind: 'regular' | 'manual' | 'rehearsal' | 'resend' | 'catch_up';
  parent_id: EditionId | null;
  slot_at: Temporal.Instant | null;
  state: Generated<
    'draft' | 'in_review' | 'approved' | 'sending' | 'paused' | 'sent' | 'cancelled' | 'skipped' | 'failed'
  >;
  reason: string | null;
  from_at: Temporal.Instant | null;
  to_at: Temporal.Instant;
  template_version_id: TemplateVersionId | null;
  intro: Generated<string>;
  frozen: string | null;
  send_at: Temporal.Instant | null;
  audience: number | null;
  fan_out_after: Generated<string>;
  fan_out_done: Generated<boolean>;
  composed_at: Temporal.Instant | null;
  started_at: Temporal.Instant | null;
  finished_at: Temporal.Instant | null;
  created_at: Generated<Temporal.Instant>;
  version: Generated<number>;
}

export interface NewslettersTable {
  id: GeneratedAlways<NewsletterId>;
  slug: string;
  name: string;
  description: Generated<string>;
  from_name: string;
  from_email: string;
  reply_to: string | null;
  site_url: string | null;
  address: Generated<string>;
  time_zone: Generated<string>;
  language: Generated<string>;
  schedule: string | null;
  template: Generated<string>;
  review: Generated<'none' | 'required'>;
  unsure_policy: Generated<'resend' | 'hold'>;
  min_articles: Generated<number>;
  retry_minutes: Generated<number[]>;
  give_up_hours: Generated<number>;
  sections: string;
  scheduled_from: Generated<Temporal.Instant>;
  created_at: Generated<Temporal.Instant>;
  removed_at: Temporal.Instant | null;
  version: Generated<number>;
}

export interface NoticesTable {
  id: GeneratedAlways<string>;
  kind: 'confirm' | 'welcome' | 'test' | 'operator';
  dedupe_key: string;
  recipient: string;
  payload: string;
  state: Generated<'queued' | 'sent' | 'failed'>;
  created_at: Generated<Temporal.Instant>;
}

export interface RelaysTable {
  id: GeneratedAlways<RelayId>;
  name: string;
}

export interface SettingsTable {
  name: string;
  value: string;
}

export interface SourcesTable {
  id: GeneratedAlways<SourceId>;
  newsletter_id: NewsletterId;
  url: string;
  section: string | null;
  title: string | null;
  state: Generated<'active' | 'sick' | 'removed'>;
  etag: string | null;
  last_modified: string | null;
  next_at: Generated<Temporal.Instant>;
  fetched_at: Temporal.Instant | null;
  succeeded_at: Temporal.Instant | null;
  failures: Generated<number>;
  last_error: string | null;
  created_at: Generated<Temporal.Instant>;
}

export interface SubscribersTable {
  id: GeneratedAlways<SubscriberId>;
  email: string;
  email_key: string;
  key_hash: Buffer;
  name: string | null;
  locale: string | null;
  time_zone: string | null;
  attributes: Generated<string>;
  created_at: Generated<Temporal.Instant>;
  erased_at: Temporal.Instant | null;
}

export interface SubscriptionsTable {
  id: GeneratedAlways<SubscriptionId>;
  newsletter_id: NewsletterId;
  subscriber_id: SubscriberId;
  state: 'pending' | 'active' | 'paused' | 'unsubscribed';
  topics: Generated<string[]>;
  pace: Generated<'every' | 'monthly'>;
  hour: number | null;
  created_at: Generated<Temporal.Instant>;
  unsubscribed_at: Temporal.Instant | null;
}

export interface SuppressionsTable {
  key_hash: Buffer;
  scope: Generated<'editions' | 'everything'>;
  reason: 'hard_bounce' | 'complaint' | 'manual' | 'erased';
  evidence: Generated<string>;
  at: Generated<Temporal.Instant>;
}

export interface TemplateVersionsTable {
  id: GeneratedAlways<TemplateVersionId>;
  template_id: string;
  n: number;
  source: string;
  source_hash: Buffer;
  state: 'draft' | 'published' | 'retired';
  created_at: Generated<Temporal.Instant>;
}

export interface TemplatesTable {
  id: GeneratedAlways<string>;
  name: string;
}

export interface WorkerRunsTable {
  id: GeneratedAlways<RunId>;
  host: string;
  pid: number;
  started_at: Generated<Temporal.Instant>;
  beat_at: Generated<Temporal.Instant>;
  ended_at: Temporal.Instant | null;
}

export interface Tables {
  applied_migrations: AppliedMigrationsTable;
  article_sightings: ArticleSightingsTable;
  articles: ArticlesTable;
  attempts: AttemptsTable;
  bounces: BouncesTable;
  consents: ConsentsTable;
  deliveries: DeliveriesTable;
  edition_articles: EditionArticlesTable;
  edition_tallies: EditionTalliesTable;
  editions: EditionsTable;
  newsletters: NewslettersTable;
  notices: NoticesTable;
  relays: RelaysTable;
  settings: SettingsTable;
  sources: SourcesTable;
  subscribers: SubscribersTable;
  subscriptions: SubscriptionsTable;
  suppressions: SuppressionsTable;
  template_versions: TemplateVersionsTable;
  templates: TemplatesTable;
  worker_runs: WorkerRunsTable;
}
