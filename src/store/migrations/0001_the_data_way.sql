-- The whole of the data's way: sources → articles → editions → deliveries → attempts.
-- Ids are identity bigints inside; outside only signed tokens. Times come from the database's clock.

create table settings (
  name  text primary key,
  value text not null
);
comment on table settings is 'Facts of the installation itself, such as the queue''s epoch.';

-- newsletters ---------------------------------------------------------------------------------------------------

create table newsletters (
  id            bigint generated always as identity primary key,
  slug          text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name          text not null check (name <> ''),
  description   text not null default '',
  from_name     text not null,
  from_email    text not null check (from_email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  reply_to      text,
  site_url      text,
  address       text not null default '',
  time_zone     text not null default 'UTC',
  language      text not null default 'en',
  schedule      text,
  template      text not null default 'digest',
  review        text not null default 'required' check (review in ('none', 'required')),
  unsure_policy text not null default 'hold' check (unsure_policy in ('resend', 'hold')),
  min_articles  int  not null default 1 check (min_articles >= 0),
  retry_minutes int[] not null default '{1,5,15,60}',
  give_up_hours int  not null default 24 check (give_up_hours > 0),
  sections      jsonb not null,
  scheduled_from timestamptz not null default now(),
  created_at    timestamptz not null default now(),
  removed_at    timestamptz,
  version       int not null default 1
);
comment on column newsletters.sections is 'JSON list of sections with their rules; see newsletters/sections.ts.';
comment on column newsletters.scheduled_from is 'Slots before this moment are not made up: when the schedule was last set.';

-- sources and articles ------------------------------------------------------------------------------------------

create table sources (
  id             bigint generated always as identity primary key,
  newsletter_id  bigint not null references newsletters,
  url            text not null,
  section        text,
  title          text,
  state          text not null default 'active' check (state in ('active', 'sick', 'removed')),
  etag           text,
  last_modified  text,
  next_at        timestamptz not null default now(),
  fetched_at     timestamptz,
  succeeded_at   timestamptz,
  failures       int not null default 0 check (failures >= 0),
  last_error     text,
  created_at     timestamptz not null default now(),
  unique (newsletter_id, url)
);
create index sources_due on sources (next_at) where state <> 'removed';

create table articles (
  id             bigint generated always as identity primary key,
  url_key        bytea not null unique,
  url            text not null,
  guid           text,
  source_id      bigint not null references sources,
  title          text not null,
  author         text,
  categories     text[] not null default '{}',
  excerpt        text not null default '',
  html           text not null default '',
  words          int not null default 0 check (words >= 0),
  image_url      text,
  published_at   timestamptz,
  published_raw  text,
  first_seen_at  timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  content_hash   bytea not null,
  happened_at    timestamptz not null generated always as (least(coalesce(published_at, first_seen_at), first_seen_at)) stored
);
comment on column articles.url_key is 'SHA-256 of the canonical URL, or of source and guid where an item has no link: one story, one row.';
comment on column articles.happened_at is 'The moment a window looks at: published, and never later than first seen.';
create index articles_by_source on articles (source_id, happened_at);
create index articles_by_time on articles (happened_at);

create table article_sightings (
  source_id   bigint not null references sources,
  guid        text not null,
  article_id  bigint not null references articles,
  seen_at     timestamptz not null default now(),
  primary key (source_id, guid)
);
create index article_sightings_by_article on article_sightings (article_id);
comment on table article_sightings is 'Which feeds carried an article, under which id: "also at".';

-- templates -----------------------------------------------------------------------------------------------------

create table templates (
  id   bigint generated always as identity primary key,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$')
);

create table template_versions (
  id          bigint generated always as identity primary key,
  template_id bigint not null references templates,
  n           int not null check (n > 0),
  source      text not null,
  source_hash bytea not null,
  state       text not null check (state in ('draft', 'published', 'retired')),
  created_at  timestamptz not null default now(),
  unique (template_id, n)
);
create unique index template_versions_one_published on template_versions (template_id) where state = 'published';

-- subscribers ---------------------------------------------------------------------------------------------------

create table subscribers (
  id         bigint generated always as identity primary key,
  email      text not null,
  email_key  text not null unique,
  key_hash   bytea not null unique,
  name       text,
  locale     text,
  time_zone  text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  erased_at  timestamptz
);
comment on column subscribers.email_key is 'The address in the one spelling that makes two the same person.';
comment on column subscribers.key_hash is 'HMAC of email_key: what suppressions know a person by.';

create table subscriptions (
  id              bigint generated always as identity primary key,
  newsletter_id   bigint not null references newsletters,
  subscriber_id   bigint not null references subscribers,
  state           text not null check (state in ('pending', 'active', 'paused', 'unsubscribed')),
  topics          text[] not null default '{}',
  pace            text not null default 'every' check (pace in ('every', 'monthly')),
  hour            smallint check (hour between 0 and 23),
  created_at      timestamptz not null default now(),
  unsubscribed_at timestamptz,
  unique (newsletter_id, subscriber_id),
  check ((state = 'unsubscribed') = (unsubscribed_at is not null))
);
create index subscriptions_active on subscriptions (newsletter_id, id) where state = 'active';
create index subscriptions_by_subscriber on subscriptions (subscriber_id);

create table consents (
  id              bigint generated always as identity primary key,
  subscription_id bigint not null references subscriptions,
  kind            text not null check (kind in ('confirmed', 'imported', 'asked', 'unsubscribed', 'resubscribed')),
  evidence        text not null,
  at              timestamptz not null default now()
);
create index consents_by_subscription on consents (subscription_id);

create table suppressions (
  key_hash bytea primary key,
  scope    text not null default 'editions' check (scope in ('editions', 'everything')),
  reason   text not null check (reason in ('hard_bounce', 'complaint', 'manual', 'erased')),
  evidence text not null default '',
  at       timestamptz not null default now()
);

-- Append-only means it: what a person agreed to is never rewritten.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed', tg_table_name using errcode = 'check_violation';
end $$;
create trigger consents_append_only before update on consents for each row execute function refuse_change();

-- editions ------------------------------------------------------------------------------------------------------

create table editions (
  id                  bigint generated always as identity primary key,
  newsletter_id       bigint not null references newsletters,
  number              int not null check (number > 0),
  kind                text not null check (kind in ('regular', 'manual', 'rehearsal', 'resend', 'catch_up')),
  parent_id           bigint references editions,
  slot_at             timestamptz,
  state               text not null default 'draft' check (state in
                        ('draft', 'in_review', 'approved', 'sending', 'paused', 'sent', 'cancelled', 'skipped', 'failed')),
  reason              text,
  from_at             timestamptz,
  to_at               timestamptz not null,
  template_version_id bigint references template_versions,
  intro               text not null default '',
  frozen              text,
  send_at             timestamptz,
  audience            int,
  fan_out_after       bigint not null default 0,
  fan_out_done        boolean not null default false,
  composed_at         timestamptz,
  started_at          timestamptz,
  finished_at         timestamptz,
  created_at          timestamptz not null default now(),
  version             int not null default 1,
  unique (newsletter_id, number),
  check (from_at is null or from_at <= to_at),
  check ((slot_at is not null) = (kind = 'regular')),
  check (kind not in ('rehearsal', 'resend', 'catch_up') or parent_id is not null),
  check (state not in ('approved', 'sending', 'paused', 'sent') or (frozen is not null and template_version_id is not null)),
  check (state not in ('sending', 'paused', 'sent') or started_at is not null),
  check (state <> 'sent' or (finished_at is not null and fan_out_done and audience is not null)),
  check (state not in ('skipped', 'failed') or reason is not null)
);
-- One edition for each time of the schedule, however many schedulers tick.
create unique index editions_one_per_slot on editions (newsletter_id, slot_at) where kind = 'regular';
create index editions_alive on editions (state) where state in ('draft', 'approved', 'sending', 'paused');
create index editions_ended on editions (finished_at) where state in ('cancelled', 'sent');
comment on column editions.frozen is 'JSON of the compiled edition: what was approved is what is sent, for ever.';

create table edition_articles (
  edition_id   bigint not null references editions,
  article_id   bigint not null references articles,
  role         text not null check (role in ('section', 'related')),
  section      text,
  position     smallint not null check (position between 0 and 499),
  title        text not null,
  url          text not null,
  excerpt      text not null,
  author       text,
  image_url    text,
  words        int not null,
  published_at timestamptz not null,
  source_title text,
  primary key (edition_id, article_id),
  check ((role = 'section') = (section is not null)),
  check (role <> 'related' or position < 12)
);
create unique index edition_articles_place on edition_articles (edition_id, role, coalesce(section, ''), position);
create index edition_articles_by_article on edition_articles (article_id);

-- delivery ------------------------------------------------------------------------------------------------------

create table relays (
  id   bigint generated always as identity primary key,
  name text not null unique
);

create table worker_runs (
  id         bigint generated always as identity primary key,
  host       text not null,
  pid        int not null,
  started_at timestamptz not null default now(),
  beat_at    timestamptz not null default now(),
  ended_at   timestamptz
);
create index worker_runs_alive on worker_runs (beat_at) where ended_at is null;

create sequence deliveries_id_seq;

create table deliveries (
  edition_id      bigint not null references editions,
  id              bigint not null default nextval('deliveries_id_seq'),
  subscriber_id   bigint not null references subscribers,
  subscription_id bigint not null references subscriptions,
  email           text not null,
  lane            text not null,
  state           text not null default 'queued' check (state in
                    ('queued', 'deferred', 'sending', 'sent', 'bounced', 'failed', 'suppressed', 'cancelled', 'unsure')),
  tries           smallint not null default 0,
  claim           int not null default 0,
  doubts          smallint not null default 0,
  related_shown   smallint not null default 0,
  relay_id        bigint references relays,
  run_id          bigint references worker_runs,
  send_at         timestamptz not null default now(),
  due_at          timestamptz not null default now(),
  enqueued_at     timestamptz,
  claimed_at      timestamptz,
  handed_over_at  timestamptz,
  finished_at     timestamptz,
  reason          text,
  primary key (edition_id, id),
  unique (edition_id, subscriber_id),
  constraint deliveries_sending_has_run check ((state = 'sending') = (run_id is not null)),
  constraint deliveries_finished check
    ((state in ('sent', 'bounced', 'failed', 'suppressed', 'cancelled')) = (finished_at is not null))
) partition by range (edition_id);
comment on table deliveries is 'THE LEDGER: one row for each edition and subscriber, from the start of sending to the outcome.';
comment on column deliveries.claim is 'With id the fencing token: a write that names an older claim finds nothing.';
comment on column deliveries.related_shown is 'Bit n: this mail showed the n-th "You may also like" candidate.';

create table deliveries_default partition of deliveries default with (fillfactor = 80);
-- No index over (edition, due) of all that waits: on a ledger just filled the planner would take it instead of the
-- primary key and read the whole backlog for each claimed row (22 ms a claim of 5 rows, 1.5 without).
create index deliveries_unoffered on deliveries (edition_id, due_at) where state in ('queued', 'deferred') and enqueued_at is null;
create index deliveries_offered on deliveries (enqueued_at) where state in ('queued', 'deferred') and enqueued_at is not null;
create index deliveries_sending on deliveries (run_id) where state = 'sending';
create index deliveries_unsure on deliveries (edition_id) where state = 'unsure';
create index deliveries_by_subscriber on deliveries (subscriber_id, edition_id);

create table attempts (
  edition_id  bigint not null,
  delivery_id bigint not null,
  n           int not null check (n > 0),
  relay_id    bigint references relays,
  at          timestamptz not null default now(),
  took_ms     int not null default 0,
  outcome     text not null check (outcome in
                ('accepted', 'accepted_late', 'deferred', 'bounced', 'failed', 'relay_trouble', 'withheld', 'unsure', 'decided')),
  code        smallint,
  enhanced    text,
  reply       text,
  queue_id    text,
  primary key (edition_id, delivery_id, n, outcome),
  foreign key (edition_id, delivery_id) references deliveries (edition_id, id)
) partition by range (edition_id);
create table attempts_default partition of attempts default;

create table edition_tallies (
  edition_id bigint not null references editions,
  shard      smallint not null check (shard between 0 and 15),
  state      text not null,
  n          int not null,
  primary key (edition_id, shard, state)
);
comment on table edition_tallies is 'Live figures without count(*): changed in the transaction of each move; a shard may be negative, their sum is true.';

-- The ledger's moves. Drawn in deliveries/states.ts; here the database refuses any other.
create function delivery_may_move(was text, becomes text) returns boolean language sql immutable as $$
  select case was
    when 'queued'   then becomes in ('sending', 'suppressed', 'cancelled', 'failed')
    when 'deferred' then becomes in ('sending', 'suppressed', 'cancelled', 'failed', 'queued')
    when 'sending'  then becomes in ('queued', 'deferred', 'sent', 'bounced', 'failed', 'unsure')
    when 'unsure'   then becomes in ('queued', 'deferred', 'sent', 'bounced', 'failed')
    when 'failed'   then becomes in ('queued')
    else false
  end
$$;

-- For each row, since a join of transition tables is planned once a session, by its first (small) statement.
create function check_delivery_move() returns trigger language plpgsql as $$
begin
  if not delivery_may_move(old.state, new.state) then
    raise exception 'delivery % may not move from % to %', old.id, old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;

create function tally_moved_deliveries() returns trigger language plpgsql as $$
begin
  -- In one order everywhere, so that two that share a shard wait for each other instead of deadlocking.
  insert into edition_tallies as t (edition_id, shard, state, n)
  select edition_id, pg_backend_pid() % 16, state, sum(n)
    from (select edition_id, state, count(*) as n from new_rows group by 1, 2
          union all
          select edition_id, state, -count(*) from old_rows group by 1, 2) as moves
   group by edition_id, state having sum(n) <> 0
   order by edition_id, state
  on conflict (edition_id, shard, state) do update set n = t.n + excluded.n;
  return null;
end $$;

create function tally_new_deliveries() returns trigger language plpgsql as $$
begin
  insert into edition_tallies as t (edition_id, shard, state, n)
  select edition_id, pg_backend_pid() % 16, state, count(*) from new_rows group by edition_id, state order by edition_id, state
  on conflict (edition_id, shard, state) do update set n = t.n + excluded.n;
  return null;
end $$;

create trigger deliveries_move before update on deliveries
  for each row when (old.state is distinct from new.state) execute function check_delivery_move();
create trigger deliveries_moved after update on deliveries
  referencing old table as old_rows new table as new_rows for each statement execute function tally_moved_deliveries();
create trigger deliveries_made after insert on deliveries
  referencing new table as new_rows for each statement execute function tally_new_deliveries();

create table notices (
  id         bigint generated always as identity primary key,
  kind       text not null check (kind in ('confirm', 'welcome', 'test', 'operator')),
  dedupe_key text not null unique,
  recipient  text not null,
  payload    jsonb not null,
  state      text not null default 'queued' check (state in ('queued', 'sent', 'failed')),
  created_at timestamptz not null default now()
);

create table bounces (
  id          bigint generated always as identity primary key,
  raw_sha256  bytea not null unique,
  edition_id  bigint,
  delivery_id bigint,
  kind        text not null check (kind in ('dsn', 'arf', 'autoreply', 'other')),
  verdict     text not null check (verdict in ('hard', 'soft', 'complaint', 'delayed', 'none')),
  reason      text,
  received_at timestamptz not null default now(),
  foreign key (edition_id, delivery_id) references deliveries (edition_id, id)
);
