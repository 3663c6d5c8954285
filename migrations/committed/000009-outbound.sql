--! Previous: sha1:7008d4362af1742480f773ab445d3ea71520b75f
--! Hash: sha1:ebc467da5ffa13b669eb8a5b80950be52afe224c
--! Message: outbound

-- Deliveries to the world outside: where accounts want their events, what waits for them, and how it went.
-- sql/outbound/index.sql tells how they are kept.

create schema outbound;
comment on schema outbound is 'Events on their way to destinations outside: e-mail, tickets, Salesforce, Zendesk, webhooks.';

create table outbound.settings (
  one_row boolean primary key default true constraint one_row_only check (one_row),
  attempts_kept interval not null default '30 days' constraint attempts_kept_positive check (attempts_kept > '0'),
  failing_for interval not null default '3 days' constraint failing_for_positive check (failing_for > '0'),
  origin text not null default substr(md5(gen_random_uuid()::text), 1, 8) constraint origin_plain check (origin ~ '^[a-z0-9]{1,16}$')
);
comment on table outbound.settings is 'One row that DBAs edit; the next upkeep follows it.';
comment on column outbound.settings.attempts_kept is 'How long an attempt is remembered, and with it that its event was delivered.';
comment on column outbound.settings.failing_for is 'A destination that failed for so long, and never succeeded, is switched off.';
comment on column outbound.settings.origin is
  'First part of each delivery id, so that two databases that send to the same peer do not take each other''s ids. Leave it as it is.';
insert into outbound.settings default values;

create table outbound.kinds (
  name text primary key,
  queue text not null unique
);
comment on table outbound.kinds is 'Kinds of destinations, and the queue whose events each gets.';
insert into outbound.kinds (name, queue) values
  ('webhook', 'WebHookQueue'), ('email', 'EmailQueue'), ('ticket', 'TicketQueue'),
  ('salesforce', 'SalesforceQueue'), ('zendesk', 'ZendeskQueue');

create table outbound.destinations (
  id integer generated always as identity primary key,
  account_id bigint not null references chat.accounts (id) on delete cascade,
  kind text not null references outbound.kinds (name),
  name text not null constraint destination_name_not_empty check (name <> '' and octet_length(name) <= 200),
  events text[] constraint destination_events_not_null check (array_position(events, null) is null),
  settings jsonb not null default '{}' constraint destination_settings_are_an_object check (jsonb_typeof(settings) = 'object'),
  secrets text constraint destination_secrets_are_sealed check (secrets ~ '^sealed:v1:[0-9a-f]{8}:[A-Za-z0-9+/]+={0,2}$'),
  enabled boolean not null default true,
  concurrency smallint not null default 10 constraint destination_concurrency_1_to_1000 check (concurrency between 1 and 1000),
  rate_per_second real constraint destination_rate_positive check (rate_per_second > 0),
  revision integer not null default 1,
  created_at timestamptz not null default broker.clock(),
  updated_at timestamptz not null default broker.clock(),
  failing_since timestamptz,
  failed_at timestamptz,
  error_code text,
  error text,
  circuit_opened_at timestamptz,
  probe_at timestamptz,
  probes smallint not null default 0,
  misconfigured text,
  switched_off_at timestamptz,
  constraint destination_name_unique unique (account_id, kind, name)
) with (fillfactor = 70);
create index on outbound.destinations (kind, id);
comment on table outbound.destinations is 'Where accounts want their events to go. docs/consumers.md tells how to set up each kind.';
comment on column outbound.destinations.events is 'Names of the events it wants; null: all that the queue of its kind gets.';
comment on column outbound.destinations.settings is 'As its kind wants them. Nothing secret.';
comment on column outbound.destinations.secrets is 'JSON, sealed by `./parley seal`; only programs that have PARLEY_SECRETS_KEY can open it.';
comment on column outbound.destinations.enabled is 'false: nothing is accepted for it, and what waits goes on waiting.';
comment on column outbound.destinations.concurrency is 'Most deliveries to it at the same time, each of another key.';
comment on column outbound.destinations.rate_per_second is 'Most deliveries to it a second; null: as fast as it can.';
comment on column outbound.destinations.revision is 'Counts the changes that its dispatcher must follow; a trigger keeps it.';
comment on column outbound.destinations.failing_since is 'First failure since the last success; null: it works.';
comment on column outbound.destinations.failed_at is 'A failure of the last minute or before; not each one is written.';
comment on column outbound.destinations.circuit_opened_at is 'It is down: all that is for it waits, but one delivery at probe_at; null: it is tried.';
comment on column outbound.destinations.probes is 'Probes that failed since the circuit opened; the next comes later each time.';
comment on column outbound.destinations.misconfigured is 'Why it cannot be used at all, such as settings that its kind does not know; null: it can.';
comment on column outbound.destinations.switched_off_at is 'Disabled by upkeep, because it kept failing.';

create type outbound.delivery_state as enum ('ready', 'retry', 'behind', 'rejected');
comment on type outbound.delivery_state is
  'ready: its first attempt is ahead; retry: failed, blocks its key until due_at; behind: held behind a retry of its key; '
  'rejected: in the error queue, from where it can be redriven.';

create table outbound.deliveries (
  destination_id integer not null references outbound.destinations (id) on delete cascade,
  id bigint not null,
  kind text not null,
  event_id bigint not null,
  key text,
  state outbound.delivery_state not null default 'ready',
  attempts smallint not null default 0,
  due_at timestamptz,
  error_id bigint,
  primary key (destination_id, id),
  constraint delivery_once unique (event_id, destination_id)
) with (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000000, autovacuum_vacuum_cost_delay = 0
);
comment on table outbound.deliveries is
  'Events that wait for a destination, or are on their way to it. A row goes when the destination has taken the event.';
comment on column outbound.deliveries.id is
  'Its place in the order; of broker.message_id_seq, so that the broker''s checkpoints find late commits here, too.';
comment on column outbound.deliveries.kind is 'Of its destination: lets dispatchers find what is new by (kind, id).';
comment on column outbound.deliveries.attempts is 'Attempts that failed so far; none counts while the destination as a whole was down.';
comment on column outbound.deliveries.due_at is 'retry: when; behind: infinity, or -infinity as soon as its key flows again.';
comment on column outbound.deliveries.error_id is 'rejected: its broker.error_messages.id.';
create index deliveries_new on outbound.deliveries (kind, id);
create index deliveries_due on outbound.deliveries (destination_id, due_at, id) where state in ('retry', 'behind');
create index deliveries_blocked on outbound.deliveries (destination_id, key, state, id) where state in ('retry', 'behind');
create index deliveries_rejected on outbound.deliveries (error_id) where state = 'rejected';

create type outbound.outcome as enum ('delivered', 'failed', 'down', 'rejected');
comment on type outbound.outcome is
  'delivered: the destination took it; failed: it is tried again; down: the destination as a whole failed, no attempt was used up; '
  'rejected: it is in the error queue.';

create table outbound.attempts (
  id bigint generated always as identity primary key,
  destination_id integer not null references outbound.destinations (id) on delete cascade,
  event_id bigint not null,
  event_name text not null,
  attempt smallint not null,
  started_at timestamptz not null,
  duration_ms integer not null,
  outcome outbound.outcome not null,
  status integer,
  answer text constraint answer_at_most_1_kb check (octet_length(answer) <= 1024),
  reference text,
  error_code text,
  error text
) with (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 500000);
comment on table outbound.attempts is 'What was tried, and what came of it. Kept for settings.attempts_kept.';
comment on column outbound.attempts.status is 'The peer''s own code: of HTTP, or of SMTP.';
comment on column outbound.attempts.answer is 'The beginning of its answer.';
comment on column outbound.attempts.reference is 'What the peer calls that which it made: a ticket, a case, a message id.';
create index on outbound.attempts (destination_id, id);
create index on outbound.attempts (event_id, destination_id);
create index on outbound.attempts using brin (started_at);

--! Included broker/_put_errors.sql
create or replace function broker._put_errors(queue_id integer, failures jsonb)
returns table (message_id bigint, error_id bigint)
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  with dead as (
    insert into broker.error_messages
      (queue_id, message_id, event_id, event_name, key, put_at, failed_at, attempts, error_code, error, data)
    select _put_errors.queue_id, f.id, e.id, e.name, f.key, e.put_at, broker.now(), f.attempt, f.code, left(f.error, 2000), e.data
    from jsonb_to_recordset(_put_errors.failures) as f (id bigint, event_id bigint, key text, attempt smallint, code text, error text)
    join broker.events e on e.id = f.event_id
    order by f.id
    returning *
  ), told as (
    insert into broker.events (name, data)
    select 'Error', jsonb_build_object(
      'ErrorMessageId', d.id, 'Queue', q.name, 'EventId', d.event_id, 'EventName', d.event_name, 'Key', d.key,
      'Attempts', d.attempts, 'Code', d.error_code, 'Error', d.error, 'FailedAt', d.failed_at)
    from dead d
    join broker.queues q on q.id = d.queue_id
    -- A queue of Error events that fails itself must not feed itself.
    where d.event_name <> 'Error'
      -- A DBA may have deleted the event: nobody wants to hear of errors then.
      and exists (select from broker.t_chatserver_event t where t.name = 'Error')
  )
  select d.message_id, d.id from dead d;
$$;

comment on function broker._put_errors(integer, jsonb) is
  'Copies messages to the error queue and puts an Error event for each. failures: [{id, event_id, key, attempt, code, error}].';
--! EndIncluded broker/_put_errors.sql
--! Included broker/_move_to_errors.sql
create or replace function broker._move_to_errors(queue_id integer, failures jsonb) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from broker.delayed_messages d
  using broker._failures(_move_to_errors.queue_id, _move_to_errors.failures) f
  where f.dead and d.queue_id = _move_to_errors.queue_id and d.id = f.id;

  select broker._put_errors(_move_to_errors.queue_id, jsonb_agg(to_jsonb(f)))
  from broker._failures(_move_to_errors.queue_id, _move_to_errors.failures) f
  where f.dead;
$$;

comment on function broker._move_to_errors(integer, jsonb) is
  'Moves the dead ones among the failures to the error queue and puts an Error event for each.';
--! EndIncluded broker/_move_to_errors.sql
--! Included broker/_is_needed.sql
create or replace function broker._is_needed(from_id bigint, to_id bigint) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from broker.messages m where m.event_id >= _is_needed.from_id and m.event_id < _is_needed.to_id
  ) or exists (
    select from broker.delayed_messages d where d.event_id >= _is_needed.from_id and d.event_id < _is_needed.to_id
  ) or exists (
    select from outbound.deliveries d
    where d.event_id >= _is_needed.from_id and d.event_id < _is_needed.to_id and d.state <> 'rejected'
  );
$$;

comment on function broker._is_needed(bigint, bigint) is
  'Does a queue, or a destination, still wait for one of these events (to_id excluded)? The error queue has copies of its own.';
--! EndIncluded broker/_is_needed.sql
--! Included broker/drop_expired_events.sql
create or replace function broker.drop_expired_events() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '50ms'
as $$
declare
  v_expired_before timestamptz := broker.now() - (select s.event_retention from broker.settings s);
  v_newest_id bigint := (select s.last_value from broker.event_id_seq s);
  v_part record;
  v_last_put_at timestamptz;
  v_dropped integer := 0;
begin
  -- Not while a replay or redrive is about to need old events.
  if not pg_try_advisory_xact_lock(1346458192, 0) then
    return 0;
  end if;
  delete from broker.events_default e
  where e.put_at < v_expired_before
    and not exists (select from broker.messages m where m.event_id = e.id)
    and not exists (select from broker.delayed_messages d where d.event_id = e.id)
    and not exists (select from outbound.deliveries d where d.event_id = e.id and d.state <> 'rejected');

  for v_part in select * from broker._event_partitions() loop
    exit when v_part.to_id > v_newest_id;
    execute format('select put_at from %s order by id desc limit 1', v_part.partition) into v_last_put_at;
    exit when v_last_put_at >= v_expired_before;
    begin
      -- Waits out, briefly, transactions that put into this very partition; after that, what it fanned out is visible.
      execute format('lock table %s in share mode', v_part.partition);
      continue when broker._is_needed(v_part.from_id, v_part.to_id);
      -- Puts queue up behind this lock, so it gives up soon.
      lock table broker.events in access exclusive mode;
      execute format('drop table %s', v_part.partition);
      v_dropped := v_dropped + 1;
    exception
      when lock_not_available then exit;
    end;
  end loop;
  return v_dropped;
end $$;

comment on function broker.drop_expired_events() is
  'Drops partitions of the log whose events are all older than settings.event_retention, never one that a queue or a destination still needs. '
  'Returns how many; one that is busy is left for the next run.';
--! EndIncluded broker/drop_expired_events.sql
--! Included broker/grants.sql
-- Who may do what (design: roles by job). PostgreSQL lets everybody execute a new function, so that is taken back first.
revoke all on all functions in schema broker from public;
revoke all on all procedures in schema broker from public;
grant usage on schema broker to parley_producer, parley_worker, parley_operator;

-- Producers put events and see what events there are. They read no event back.
grant insert (name, data, key, dedupe_id, run_at), select (id) on broker.events to parley_producer;
grant usage on sequence broker.event_id_seq to parley_producer;
grant select on broker.t_chatserver_event to parley_producer;
grant execute on function broker.put_event(text, jsonb, text, text, timestamptz) to parley_producer;

-- Workers read queues through functions, settle what they read, and run the maintenance.
grant execute on function
  broker.clock(), broker.now(),
  broker.put_event(text, jsonb, text, text, timestamptz),
  broker.register_consumer(text, text),
  broker.register_consumers(text[], text[]),
  broker.balance_lanes(integer, uuid, smallint[]),
  broker.release_lanes(integer, smallint[], bigint[]),
  broker.save_progress(integer, smallint[], bigint[]),
  broker.count_deliveries(integer, bigint, bigint, bigint),
  broker.retire_reader(integer),
  broker.has_messages(integer),
  broker.disarm(integer),
  broker.receive(integer, smallint[], bigint[], integer, bigint[], smallint[], bigint[], bigint),
  broker.confirm(integer, smallint[], bigint[]),
  broker.confirm_delayed(integer, bigint[]),
  broker.fail(integer, jsonb),
  broker.crashes_of(integer, bigint[]),
  broker.record_suspects(integer, bigint[]),
  broker.clear_suspects(integer, bigint[]),
  broker.sweep(),
  broker.add_event_partitions(),
  broker.drop_expired_events(),
  broker.forget_dedupe_ids(),
  broker.forget_suspects(),
  broker.compact_deliveries()
to parley_worker;
grant execute on procedure broker.take_checkpoint(bigint, text, text), broker.maintain() to parley_worker;
grant select on sequence broker.message_id_seq to parley_worker;
grant select (id, name, enabled, max_readers, task) on broker.queues to parley_worker;

-- Operators watch, pause, redrive and replay; DBAs among them edit routes, queues and settings as rows.
grant select on
  broker.t_chatserver_event, broker.t_chatserver_queue, broker.queues, broker.settings, broker.events, broker.messages,
  broker.routes, broker.delayed_messages, broker.error_messages, broker.lanes, broker.activations, broker.deliveries, broker.suspect_messages
to parley_operator;
grant select on sequence broker.event_id_seq, broker.message_id_seq to parley_operator;
grant insert, update, delete on broker.t_chatserver_event, broker.t_chatserver_queue to parley_operator;
grant update (event_retention, dedupe_retention, events_per_partition, partitions_ahead) on broker.settings to parley_operator;
grant update (max_readers, messages_per_reader, max_attempts, retry_delay, retry_delay_max) on broker.queues to parley_operator;
grant execute on function
  broker.create_queue(text, text, text, text, integer, integer, integer, integer, interval, interval),
  broker.drop_queue(text, boolean),
  broker.subscribe(text, text),
  broker.unsubscribe(text, text),
  broker.pause_queue(text),
  broker.resume_queue(text),
  broker.redrive(bigint[], text, text),
  broker.discard(bigint[], text, text),
  broker.replay(text, timestamptz, timestamptz)
to parley_operator;

-- A view checks functions against its reader, hence these.
grant select on broker.queue_status to parley_worker, parley_operator;
grant execute on function
  broker.clock(), broker.now(), broker._depth(integer), broker._oldest_put_at(integer), broker._readers(integer)
to parley_worker, parley_operator;
--! EndIncluded broker/grants.sql
--! Included outbound/index.sql
-- Deliveries to the world outside. An event that a consumer of the broker gets becomes, in the same transaction, a delivery for each
-- destination that wants it (accept). From there on each destination is on its own: the dispatcher that holds it, through an advisory
-- lock of its session, receives what waits for it in order, has it delivered outside of any transaction, and settles what came of it
-- in batches. What fails waits for its retry and holds back its key only; what is rejected or out of attempts goes to the broker's
-- error queue.

-- Destinations
--! Included outbound/check_destination.sql
create or replace function outbound.check_destination() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.secrets is not null and new.secrets !~ '^sealed:v1:[0-9a-f]{8}:[A-Za-z0-9+/]+={0,2}$' then
    raise exception using
      errcode = 'PA061',
      message = 'secrets of a destination are stored sealed only',
      hint = 'Seal them first: echo ''{"secret": "..."}'' | ./parley seal';
  end if;
  if tg_op = 'INSERT' then
    return new;
  end if;
  if (new.kind, new.account_id) is distinct from (old.kind, old.account_id) then
    raise exception using
      errcode = 'PA068',
      message = 'the kind and the account of a destination cannot change',
      hint = 'Add another destination, and disable or delete this one.';
  end if;
  if (new.name, new.events, new.settings, new.secrets, new.enabled, new.concurrency, new.rate_per_second)
    is distinct from (old.name, old.events, old.settings, old.secrets, old.enabled, old.concurrency, old.rate_per_second) then
    new.revision := old.revision + 1;
    new.updated_at := broker.clock();
  end if;
  -- Repaired or switched on again, it gets a fresh start.
  if (new.settings, new.secrets) is distinct from (old.settings, old.secrets) or (new.enabled and not old.enabled) then
    new.failing_since := null;
    new.failed_at := null;
    new.error_code := null;
    new.error := null;
    new.circuit_opened_at := null;
    new.probe_at := null;
    new.probes := 0;
    new.misconfigured := null;
    if new.enabled then
      new.switched_off_at := null;
    end if;
  end if;
  return new;
end $$;

comment on function outbound.check_destination() is
  'Refuses secrets that are not sealed (PA061) and another kind or account (PA068), counts the revisions that dispatchers follow, and '
  'forgets the failures of a destination that is repaired or switched on again.';
--! EndIncluded outbound/check_destination.sql
--! Included outbound/triggers.sql
drop trigger if exists check_destination on outbound.destinations;
create trigger check_destination before insert or update on outbound.destinations
for each row execute function outbound.check_destination();
--! EndIncluded outbound/triggers.sql
--! Included outbound/_destination.sql
create or replace function outbound._destination(id integer) returns outbound.destinations
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination outbound.destinations;
begin
  select * into v_destination from outbound.destinations d where d.id = _destination.id;
  if not found then
    raise exception using
      errcode = 'PA063',
      message = format('unknown destination %s', coalesce(_destination.id::text, 'null')),
      hint = 'See outbound.destination_states, or ./parley destinations, for those there are.';
  end if;
  return v_destination;
end $$;

comment on function outbound._destination(integer) is 'The destination of that id; PA063 when there is none.';
--! EndIncluded outbound/_destination.sql
--! Included outbound/destination_states.sql
create or replace view outbound.destination_states as
select d.id, d.account_id, d.kind, d.name, d.events, d.enabled, d.concurrency, d.rate_per_second,
  case
    when d.switched_off_at is not null then 'switched off'
    when not d.enabled then 'disabled'
    when d.misconfigured is not null then 'misconfigured'
    when d.circuit_opened_at is not null then 'down'
    when d.failing_since is not null then 'failing'
    else 'works'
  end as state,
  w.waiting, d.failing_since, d.failed_at, d.error_code, coalesce(d.misconfigured, d.error) as error,
  d.circuit_opened_at, d.probe_at, d.switched_off_at, d.created_at, d.updated_at
from outbound.destinations d
-- Not all of a million: who looks wants to know whether it is many.
cross join lateral (
  select count(*)::integer as waiting
  from (
    select from outbound.deliveries w
    where w.destination_id = d.id and w.state <> 'rejected'
    -- Of the primary key: without an order the planner, which takes all destinations for alike, may read the table for each.
    order by w.id
    limit 10000
  ) w
) w;

comment on view outbound.destination_states is 'Each destination and how it is; waiting: its deliveries, counted up to 10000. No secrets.';
--! EndIncluded outbound/destination_states.sql

-- Accepting
--! Included outbound/_queue_id.sql
create or replace function outbound._queue_id(kind text) returns integer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select q.id
  from outbound.kinds k
  join broker.queues q on q.name = k.queue
  where k.name = _queue_id.kind;
$$;

comment on function outbound._queue_id(text) is 'The queue whose events destinations of this kind get; null if it has been dropped.';
--! EndIncluded outbound/_queue_id.sql
--! Included outbound/_account_id.sql
-- No set search_path: it would stop the planner from inlining this into conditions on the log.
create or replace function outbound._account_id(data jsonb) returns bigint
language sql immutable parallel safe
return case
  when (coalesce(data ->> 'SiteId', data ->> 'siteId')) ~ '^[0-9]{1,10}$' then (coalesce(data ->> 'SiteId', data ->> 'siteId'))::bigint
end;

comment on function outbound._account_id(jsonb) is 'The account whose event this is: its site. Null: it names none.';
--! EndIncluded outbound/_account_id.sql
--! Included outbound/accept.sql
create or replace function outbound.accept(
  kind text,
  account_ids bigint[],
  event_ids bigint[],
  event_names text[],
  keys text[]
) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
  v_again bigint[];
  v_count integer;
begin
  -- Before the first id is drawn: checkpoints rely on that order.
  perform pg_current_xact_id();

  -- Of an event that comes from the error queue only what was redriven is due again.
  with again as (
    update outbound.deliveries d
    set id = nextval('broker.message_id_seq'), state = 'ready', attempts = 0, due_at = null, error_id = null
    where d.event_id = any (accept.event_ids) and d.kind = accept.kind and d.state = 'rejected'
      and not exists (select from broker.error_messages e where e.id = d.error_id)
    returning d.event_id
  )
  select coalesce(array_agg(a.event_id), '{}') into v_again from again a;

  insert into outbound.deliveries (destination_id, id, kind, event_id, key)
  select w.destination_id, nextval('broker.message_id_seq'), accept.kind, w.event_id, w.key
  from (
    select d.id as destination_id, e.event_id, e.key
    from unnest(accept.account_ids, accept.event_ids, accept.event_names, accept.keys)
      with ordinality as e (account_id, event_id, event_name, key, position)
    join outbound.destinations d on d.account_id = e.account_id and d.kind = accept.kind and d.enabled
      and (d.events is null or e.event_name = any (d.events))
    where e.event_id <> all (v_again)
      -- A replayed event reaches those that have not had it.
      and not exists (
        select from outbound.attempts a
        where a.event_id = e.event_id and a.destination_id = d.id and a.outcome = 'delivered'
      )
    -- Events of one key in their order.
    order by e.position, d.id
  ) w
  on conflict on constraint delivery_once do nothing;
  get diagnostics v_count = row_count;
  return v_count + cardinality(v_again);
end $$;

comment on function outbound.accept(text, bigint[], bigint[], text[], text[]) is
  'Makes a delivery of each event for each destination of its account and kind that wants it and has not had it, and returns how many. '
  'Called in the transaction that confirms the events, so it happens exactly once. A redriven event goes to the destinations that failed only.';
--! EndIncluded outbound/accept.sql
--! Included outbound/redeliver.sql
create or replace function outbound.redeliver(
  destination_id integer,
  event_id bigint default null,
  since timestamptz default null,
  until timestamptz default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination outbound.destinations := outbound._destination(redeliver.destination_id);
  v_until timestamptz := coalesce(redeliver.until, broker.now());
  v_count bigint;
begin
  if (redeliver.event_id is null) = (redeliver.since is null) or redeliver.since >= v_until then
    raise exception using
      errcode = 'PA008',
      message = 'redelivery needs one event, or a time range whose since lies before its until',
      hint = 'Give event_id => ..., or since => the time of the first event to deliver again.';
  end if;
  -- Retention must not drop an event between the look and the commit.
  perform pg_advisory_xact_lock_shared(1346458192, 0);
  -- Before the first id is drawn: checkpoints rely on that order.
  perform pg_current_xact_id();

  insert into outbound.deliveries as d (destination_id, id, kind, event_id, key)
  select v_destination.id, nextval('broker.message_id_seq'), v_destination.kind, e.id,
    coalesce(e.key, broker.conversation_group(e.data))
  from (
    select e.id, e.key, e.data
    from broker.events e
    where (e.id = redeliver.event_id
        or (redeliver.event_id is null and e.put_at >= redeliver.since and e.put_at < v_until))
      and (e.run_at is null or e.run_at <= broker.now())
      and outbound._account_id(e.data) = v_destination.account_id
      and (v_destination.events is null or e.name = any (v_destination.events))
      and e.name in (
        select t.name
        from broker.t_chatserver_event t
        join broker.t_chatserver_queue r on r.event_id = t.id
        join outbound.kinds k on k.queue = r.name
        where k.name = v_destination.kind
      )
    order by e.id
  ) e
  on conflict on constraint delivery_once do update
  set id = excluded.id, state = 'ready', attempts = 0, due_at = null, error_id = null
  where d.state = 'rejected';
  get diagnostics v_count = row_count;

  if v_count = 0 and redeliver.event_id is not null
    and not exists (
      select from outbound.deliveries d
      where d.event_id = redeliver.event_id and d.destination_id = redeliver.destination_id
    ) then
    raise exception using
      errcode = 'PA066',
      message = format('destination %s cannot get event %s', v_destination.id, redeliver.event_id),
      hint = 'The event is not in the log any more, belongs to another account, or is none that this destination wants.';
  end if;
  return v_count;
end $$;

comment on function outbound.redeliver(integer, bigint, timestamptz, timestamptz) is
  'Delivers one event, or those put from since to before until (default: now), once more to one destination, under the delivery ids they '
  'had; what waits already is left as it is. Returns how many. Errors: PA008, PA063, PA066.';
--! EndIncluded outbound/redeliver.sql

-- Dispatchers and the destinations they hold
--! Included outbound/_dispatchers.sql
-- Advisory locks of deliveries, both with two keys. The first names the kind:
--   1346458186 dispatcher:  held shared by every dispatcher of a kind; second key hashtext(kind)
--   1346458187 destination: held by the session that delivers to it; second key destinations.id
create or replace function outbound._dispatchers(kind text) returns setof integer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select l.pid
  from pg_locks l
  where l.locktype = 'advisory' and l.classid = 1346458186 and l.objid::bigint = (hashtext(_dispatchers.kind)::bigint & 4294967295)
    and l.objsubid = 2 and l.granted
    and l.database = (select d.oid from pg_database d where d.datname = current_database());
$$;

comment on function outbound._dispatchers(text) is 'Backends that deliver to destinations of this kind now; a dead one is gone at once.';
--! EndIncluded outbound/_dispatchers.sql
--! Included outbound/join_dispatchers.sql
create or replace function outbound.join_dispatchers(kind text) returns table (dispatchers integer, rank integer, paused boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from outbound._dispatchers(join_dispatchers.kind) p where p = pg_backend_pid()) then
    perform pg_advisory_lock_shared(1346458186, hashtext(join_dispatchers.kind));
  end if;
  return query
  select count(*)::integer, (count(*) filter (where p < pg_backend_pid()))::integer,
    not coalesce((select q.enabled from broker.queues q where q.id = outbound._queue_id(join_dispatchers.kind)), false)
  from outbound._dispatchers(join_dispatchers.kind) p;
end $$;

comment on function outbound.join_dispatchers(text) is
  'Makes this session a dispatcher of the kind, if it is none, and says how many there are and which of them, from 0, it is. The '
  'destinations whose id modulo dispatchers is rank are its own. paused: the queue of the kind is paused, or gone.';
--! EndIncluded outbound/join_dispatchers.sql
--! Included outbound/look.sql
create or replace function outbound.look(kind text, after_id bigint)
returns table (destination_id integer, first_id bigint, last_id bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_sort = off
as $$
  select d.destination_id, min(d.id), max(d.id)
  from (
    -- In this order, for only the index on (kind, id) gives it: the primary key, which would group, is read whole.
    select n.destination_id, n.id
    from outbound.deliveries n
    where n.kind = look.kind and n.id > look.after_id
    order by n.kind, n.id
    offset 0
  ) d
  group by d.destination_id;
$$;

comment on function outbound.look(text, bigint) is 'Which destinations have deliveries above this id: what is new to a dispatcher.';
--! EndIncluded outbound/look.sql
--! Included outbound/revisions.sql
create or replace function outbound.revisions(kind text) returns table (destination_id integer, revision integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select d.id, d.revision from outbound.destinations d where d.kind = revisions.kind and d.enabled;
$$;

comment on function outbound.revisions(text) is 'The destinations of a kind that are enabled, and their revisions: what dispatchers follow.';
--! EndIncluded outbound/revisions.sql
--! Included outbound/hold.sql
create or replace function outbound.hold(ids integer[])
returns table (
  id integer,
  account_id bigint,
  name text,
  settings jsonb,
  secrets text,
  concurrency smallint,
  rate_per_second real,
  revision integer,
  failing_for_s double precision,
  circuit_open boolean,
  probe_in_s double precision,
  probes smallint,
  misconfigured text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_held integer[];
begin
  select array_agg(i) into v_held
  from unnest(hold.ids) i
  where pg_try_advisory_lock(1346458187, i);
  -- A statement of its own, so that it sees what the last holder has committed.
  return query
  select d.id, d.account_id, d.name, d.settings, d.secrets, d.concurrency, d.rate_per_second, d.revision,
    extract(epoch from broker.now() - d.failing_since)::double precision, d.circuit_opened_at is not null,
    greatest(extract(epoch from d.probe_at - broker.now()), 0)::double precision, d.probes, d.misconfigured
  from outbound.destinations d
  where d.id = any (v_held);
end $$;

comment on function outbound.hold(integer[]) is
  'Takes those of these destinations that nobody else holds, for this session, and returns them as they are now; none of them may be held '
  'already.';
--! EndIncluded outbound/hold.sql
--! Included outbound/release.sql
create or replace function outbound.release(ids integer[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select pg_advisory_unlock(1346458187, i) from unnest(release.ids) i;
$$;

comment on function outbound.release(integer[]) is 'Leaves these destinations to other dispatchers.';
--! EndIncluded outbound/release.sql

-- Receiving and settling
--! Included outbound/_due.sql
create or replace function outbound._due(destination_id integer, in_hand bigint[], most integer)
returns setof outbound.deliveries
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_sort = off
as $$
  select d.*
  from outbound.deliveries d
  where d.destination_id = _due.destination_id and d.state in ('retry', 'behind') and d.due_at <= broker.now()
    and d.id <> all (_due.in_hand)
  order by d.due_at, d.id
  limit _due.most;
$$;

comment on function outbound._due(integer, bigint[], integer) is
  'Retries whose time has come, and what may go on behind one that is over; of one key in order, since only its first can be a retry.';
--! EndIncluded outbound/_due.sql
--! Included outbound/receive.sql
-- With scans and sorts off only plans are left that read no more than they return, whatever the table looked like when it was planned.
create or replace function outbound.receive(
  destination_ids integer[],
  after_ids bigint[],
  most integer[],
  in_hand bigint[],
  due boolean[]
) returns table (
  destination_id integer,
  id bigint,
  event_id bigint,
  event_name text,
  key text,
  data jsonb,
  put_at timestamptz,
  attempts smallint,
  delayed boolean,
  parked boolean
)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_sort = off
as $$
  -- One statement, so one snapshot: what is committed meanwhile must neither be delivered nor passed over unexamined.
  with due as materialized (
    select d.destination_id, d.id, d.event_id, d.key, d.attempts
    from unnest(receive.destination_ids, receive.most, receive.due) as w (destination_id, most, due)
    cross join lateral outbound._due(w.destination_id, receive.in_hand, w.most) d
    where w.due
  ), fresh as materialized (
    select d.*, d.key is not null and exists (
        select
        from outbound.deliveries b
        where b.destination_id = w.destination_id and b.key = d.key and b.state in ('retry', 'behind') and b.id < d.id
      ) as blocked
    from unnest(receive.destination_ids, receive.after_ids, receive.most) as w (destination_id, after_id, most)
    cross join lateral (
      select d.ctid, d.destination_id, d.id, d.event_id, d.key, d.attempts
      from outbound.deliveries d
      where d.destination_id = w.destination_id and d.id > w.after_id and d.state = 'ready'
        and d.id <> all (receive.in_hand)
      order by d.destination_id, d.id
      limit w.most
    ) d
  ), held_back as (
    update outbound.deliveries d
    set state = 'behind', due_at = 'infinity'
    where d.ctid = any (array(select f.ctid from fresh f where f.blocked))
  ), taken as (
    select u.destination_id, u.id, u.event_id, u.key, u.attempts, true as delayed, false as blocked from due u
    union all
    select f.destination_id, f.id, f.event_id, f.key, f.attempts, false, f.blocked from fresh f
  )
  select t.destination_id, t.id, t.event_id, e.name, t.key, e.data, e.put_at, t.attempts, t.delayed, t.blocked
  from taken t
  left join lateral (select e.name, e.data, e.put_at from broker.events e where e.id = t.event_id and not t.blocked offset 0) e on true
  order by t.id;
$$;

comment on function outbound.receive(integer[], bigint[], integer[], bigint[], boolean[]) is
  'For each destination its next deliveries above an id, at most so many, and where due is true retries whose time has come. Those in '
  'hand are left out. What comes behind a retry of its key is held back there (parked) and without its event.';
--! EndIncluded outbound/receive.sql
--! Included outbound/due_in.sql
create or replace function outbound.due_in(ids integer[], in_hand bigint[])
returns table (destination_id integer, seconds double precision)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_sort = off
as $$
  select i, greatest(extract(epoch from greatest(d.due_at, '2000-01-01') - broker.now()), 0)::double precision
  from unnest(due_in.ids) i
  cross join lateral (
    select d.due_at
    from outbound.deliveries d
    -- Those that have become due since they were received, too.
    where d.destination_id = i and d.state in ('retry', 'behind') and d.due_at < 'infinity' and d.id <> all (due_in.in_hand)
    order by d.due_at
    limit 1
  ) d;
$$;

comment on function outbound.due_in(integer[], bigint[]) is
  'Seconds until the next retry of each destination that has one, those in hand left out.';
--! EndIncluded outbound/due_in.sql
--! Included outbound/_let_go_behind.sql
create or replace function outbound._let_go_behind(destination_ids integer[], keys text[]) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_sort = off
as $$
  update outbound.deliveries d
  set due_at = '-infinity'
  where d.ctid = any (array(
    select n.ctid
    from (select distinct * from unnest(_let_go_behind.destination_ids, _let_go_behind.keys) as k (destination_id, key)) k
    cross join lateral (
      select w.ctid, w.due_at
      from outbound.deliveries w
      where w.destination_id = k.destination_id and w.key = k.key and w.state = 'behind'
        and w.id < coalesce(
          (
            select min(r.id)
            from outbound.deliveries r
            where r.destination_id = k.destination_id and r.key = k.key and r.state = 'retry'
          ),
          9223372036854775807
        )
      order by w.id
      limit 100
    ) n
    where n.due_at = 'infinity'
  ));
$$;

comment on function outbound._let_go_behind(integer[], text[]) is
  'Makes the next deliveries of these keys due, a hundred at a time, unless a retry is still ahead of them.';
--! EndIncluded outbound/_let_go_behind.sql
--! Included outbound/_hold_behind.sql
create or replace function outbound._hold_behind(outcomes jsonb) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_sort = off
as $$
  update outbound.deliveries d
  set due_at = 'infinity'
  where d.ctid = any (array(
    select n.ctid
    from jsonb_to_recordset(_hold_behind.outcomes) as o
      (destination_id integer, id bigint, key text, outcome outbound.outcome, delayed boolean)
    cross join lateral (
      select w.ctid, w.due_at
      from outbound.deliveries w
      where w.destination_id = o.destination_id and w.key = o.key and w.state = 'behind' and w.id > o.id
      order by w.id
      limit 100
    ) n
    where o.outcome = 'failed' and o.delayed and n.due_at <> 'infinity'
      -- Or nobody would let them go: it has been delivered after all.
      and exists (select from outbound.deliveries f where f.destination_id = o.destination_id and f.id = o.id and f.state = 'retry')
  ));
$$;

comment on function outbound._hold_behind(jsonb) is
  'What had been let go behind a delivery that fails again, waits again. No more than a hundred of a key are ever let go.';
--! EndIncluded outbound/_hold_behind.sql
--! Included outbound/_rows_of.sql
create or replace function outbound._rows_of(outcomes jsonb, outcome outbound.outcome) returns setof tid
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
  -- By its key for each: joined otherwise, a destination for which a million wait would be read whole.
  select d.ctid
  from jsonb_to_recordset(_rows_of.outcomes) as o (destination_id integer, id bigint, outcome outbound.outcome)
  cross join lateral (
    select d.ctid
    from outbound.deliveries d
    where d.destination_id = o.destination_id and d.id = o.id
    offset 0
  ) d
  where o.outcome = _rows_of.outcome;
$$;

comment on function outbound._rows_of(jsonb, outbound.outcome) is 'Where the deliveries are that ended so.';
--! EndIncluded outbound/_rows_of.sql
--! Included outbound/_reject.sql
create or replace function outbound._reject(kind text, outcomes jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
  v_queue_id integer := outbound._queue_id(_reject.kind);
  v_failures jsonb;
begin
  select jsonb_agg(jsonb_build_object(
      'id', o.id, 'event_id', o.event_id, 'key', o.key, 'attempt', o.attempt, 'code', o.code,
      'error', format('destination %s "%s": %s', t.id, t.name, o.error)))
  into v_failures
  from jsonb_to_recordset(_reject.outcomes) as o
    (destination_id integer, id bigint, event_id bigint, key text, attempt smallint, outcome outbound.outcome, code text, error text)
  join outbound.destinations t on t.id = o.destination_id
  where o.outcome = 'rejected'
    and exists (select from outbound.deliveries d where d.destination_id = o.destination_id and d.id = o.id);

  -- Without its queue there is no error queue either: the attempt says why it failed.
  update outbound.deliveries d
  set state = 'rejected', due_at = null, error_id = e.error_id
  from jsonb_to_recordset(_reject.outcomes) as o (destination_id integer, id bigint, outcome outbound.outcome)
  left join broker._put_errors(v_queue_id, case when v_queue_id is not null then v_failures end) e on e.message_id = o.id
  where d.ctid = any (array(select outbound._rows_of(_reject.outcomes, 'rejected')))
    and o.outcome = 'rejected' and d.destination_id = o.destination_id and d.id = o.id;
end $$;

comment on function outbound._reject(text, jsonb) is
  'Copies the rejected ones among the outcomes to the error queue, with the destination in the error''s text, and keeps their rows so that '
  'a redrive finds the destination.';
--! EndIncluded outbound/_reject.sql
--! Included outbound/record_attempts.sql
create or replace function outbound.record_attempts(outcomes jsonb) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into outbound.attempts
    (destination_id, event_id, event_name, attempt, started_at, duration_ms, outcome, status, answer, reference, error_code, error)
  select t.id, o.event_id, o.event_name, o.attempt, o.started_at, o.duration_ms, o.outcome, o.status, o.answer, o.reference, o.code, left(o.error, 2000)
  from jsonb_to_recordset(record_attempts.outcomes) as o (
    destination_id integer, event_id bigint, event_name text, attempt smallint, started_at timestamptz, duration_ms integer,
    outcome outbound.outcome, status integer, answer text, reference text, code text, error text
  )
  -- One that has been deleted meanwhile has no log.
  cross join lateral (select d.id from outbound.destinations d where d.id = o.destination_id for key share) t;
$$;

comment on function outbound.record_attempts(jsonb) is 'Adds to the log of attempts; the argument is that of outbound.settle.';
--! EndIncluded outbound/record_attempts.sql
--! Included outbound/settle.sql
create or replace function outbound.settle(kind text, outcomes jsonb) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
  v_destination_ids integer[];
  v_keys text[];
begin
  perform outbound.record_attempts(settle.outcomes);

  -- By what the rows say: who tells of a delivery late does not know that it has failed elsewhere since, and holds others behind it.
  select array_agg(d.destination_id), array_agg(d.key) into v_destination_ids, v_keys
  from outbound.deliveries d
  where d.ctid = any (array(
      select outbound._rows_of(settle.outcomes, 'delivered') union all select outbound._rows_of(settle.outcomes, 'rejected')
    ))
    and d.state in ('retry', 'behind') and d.key is not null;

  delete from outbound.deliveries d
  where d.ctid = any (array(select outbound._rows_of(settle.outcomes, 'delivered')));

  if settle.outcomes @> '[{"outcome": "rejected"}]' then
    perform outbound._reject(settle.kind, settle.outcomes);
  end if;

  if settle.outcomes @> '[{"outcome": "failed"}]' then
    update outbound.deliveries d
    set state = 'retry', attempts = o.attempt, due_at = broker.now() + make_interval(secs => o.retry_in_s)
    from jsonb_to_recordset(settle.outcomes) as o
      (destination_id integer, id bigint, attempt smallint, outcome outbound.outcome, retry_in_s double precision)
    where d.ctid = any (array(select outbound._rows_of(settle.outcomes, 'failed')))
      and o.outcome = 'failed' and d.destination_id = o.destination_id and d.id = o.id;

    perform outbound._hold_behind(settle.outcomes);
  end if;

  if v_keys is not null then
    perform outbound._let_go_behind(v_destination_ids, v_keys);
  end if;
end $$;

comment on function outbound.settle(text, jsonb) is
  'Writes what became of deliveries of one kind: a delivered one goes, a failed one waits for its retry and blocks its key, a rejected one '
  'goes to the error queue, one whose destination was down stays as it is. outcomes: [{destination_id, id, event_id, event_name, key, '
  'attempt, delayed, started_at, duration_ms, outcome, status, answer, reference, code, error, retry_in_s}].';
--! EndIncluded outbound/settle.sql
--! Included outbound/save_conditions.sql
create or replace function outbound.save_conditions(conditions jsonb) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update outbound.destinations d
  set failing_since = broker.now() - make_interval(secs => c.failing_for_s),
    failed_at = case when c.failing_for_s is not null then broker.now() end,
    error_code = case when c.failing_for_s is not null then coalesce(c.code, d.error_code) end,
    error = case when c.failing_for_s is not null then coalesce(left(c.error, 2000), d.error) end,
    circuit_opened_at = case when c.circuit_open then coalesce(d.circuit_opened_at, broker.now()) end,
    probe_at = case when c.circuit_open then broker.now() + make_interval(secs => c.probe_in_s) end,
    probes = case when c.circuit_open then c.probes else 0 end
  from jsonb_to_recordset(save_conditions.conditions) as c
    (id integer, revision integer, failing_for_s double precision, code text, error text, circuit_open boolean, probe_in_s double precision, probes smallint)
  -- One that has been changed meanwhile begins anew.
  where d.id = c.id and d.revision = c.revision;
$$;

comment on function outbound.save_conditions(jsonb) is
  'Writes how destinations are. Called when that changes and, while one fails, at most once a minute: never for each delivery. '
  'conditions: [{id, revision, failing_for_s, code, error, circuit_open, probe_in_s, probes}].';
--! EndIncluded outbound/save_conditions.sql
--! Included outbound/_put_error_event.sql
create or replace function outbound._put_error_event(destination outbound.destinations, code text, error text) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into broker.events (name, data)
  select 'Error', jsonb_build_object(
    'DestinationId', destination.id, 'SiteId', destination.account_id, 'Kind', destination.kind, 'Destination', destination.name,
    'Code', code, 'Error', error, 'FailedAt', broker.now())
  -- A DBA may have deleted the event: nobody wants to hear of errors then.
  where exists (select from broker.t_chatserver_event t where t.name = 'Error');
$$;

comment on function outbound._put_error_event(outbound.destinations, text, text) is
  'Puts an Error event about a destination as a whole; those of single deliveries come from the error queue.';
--! EndIncluded outbound/_put_error_event.sql
--! Included outbound/record_misconfiguration.sql
create or replace function outbound.record_misconfiguration(id integer, code text, reason text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination outbound.destinations;
begin
  update outbound.destinations d
  set misconfigured = left(record_misconfiguration.reason, 2000)
  where d.id = record_misconfiguration.id and d.misconfigured is distinct from left(record_misconfiguration.reason, 2000)
  returning d.* into v_destination;
  if found and record_misconfiguration.reason is not null then
    perform outbound._put_error_event(v_destination, record_misconfiguration.code, record_misconfiguration.reason);
  end if;
end $$;

comment on function outbound.record_misconfiguration(integer, text, text) is
  'Says why a destination cannot be used, with an Error event the first time; reason null: it can.';
--! EndIncluded outbound/record_misconfiguration.sql
--! Included outbound/switch_off_gone.sql
create or replace function outbound.switch_off_gone(id integer, error text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination outbound.destinations;
begin
  update outbound.destinations d
  set enabled = false, switched_off_at = broker.now(), failing_since = coalesce(d.failing_since, broker.now()),
    failed_at = broker.now(), error_code = 'PA072', error = switch_off_gone.error
  where d.id = switch_off_gone.id and d.enabled
  returning d.* into v_destination;
  if found then
    perform outbound._put_error_event(v_destination, 'PA067', format('switched off: it %s', switch_off_gone.error));
  end if;
end $$;

comment on function outbound.switch_off_gone(integer, text) is
  'Disables a destination that wants no calls any more, with an Error event (PA067). What waits for it goes on waiting; enable it to have '
  'it delivered.';
--! EndIncluded outbound/switch_off_gone.sql

-- What the adapter of other ticket systems remembers
--! Included outbound/ticket_references.sql
create or replace function outbound.ticket_references(destination_id integer, names text[])
returns table (name text, reference text, event_id bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
  return query
    select r.name, r.reference, r.event_id from outbound.ticket_references r
    where r.destination_id = ticket_references.destination_id and r.name = any (names);
end $$;

comment on function outbound.ticket_references(integer, text[]) is
  'What another ticket system calls the tickets that it was given under these names.';
--! EndIncluded outbound/ticket_references.sql
--! Included outbound/keep_ticket_reference.sql
create or replace function outbound.keep_ticket_reference(destination_id integer, names text[], reference text, event_id bigint)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
  -- One order for all, so that two that keep the same names do not wait for each other.
  insert into outbound.ticket_references as r (destination_id, name, reference, event_id)
  select keep_ticket_reference.destination_id, n.name, keep_ticket_reference.reference, keep_ticket_reference.event_id
  from unnest(names) n (name)
  order by n.name
  on conflict on constraint ticket_references_pkey do update
    set reference = excluded.reference, event_id = greatest(r.event_id, excluded.event_id);
end $$;

comment on function outbound.keep_ticket_reference(integer, text[], text, bigint) is
  'Remembers what another ticket system calls the ticket that it was given under these names, by that event.';
--! EndIncluded outbound/keep_ticket_reference.sql

-- Upkeep
--! Included outbound/forget_attempts.sql
create or replace function outbound.forget_attempts(most integer default 10000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
  v_count integer;
begin
  delete from outbound.attempts a
  where a.ctid = any (array(
    select o.ctid
    from outbound.attempts o
    where o.started_at < broker.now() - (select s.attempts_kept from outbound.settings s)
    limit forget_attempts.most
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function outbound.forget_attempts(integer) is
  'Deletes attempts older than settings.attempts_kept, at most so many, and returns how many; called until none is left.';
--! EndIncluded outbound/forget_attempts.sql
--! Included outbound/forget_rejected.sql
create or replace function outbound.forget_rejected() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  delete from outbound.deliveries d
  where d.state = 'rejected'
    and not exists (select from broker.error_messages e where e.id = d.error_id)
    -- What has been redriven comes back as a message, and keeps its event.
    and not exists (select from broker.events e where e.id = d.event_id);
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function outbound.forget_rejected() is 'Deletes rejected deliveries whose error was discarded, and returns how many.';
--! EndIncluded outbound/forget_rejected.sql
--! Included outbound/switch_off_failing.sql
create or replace function outbound.switch_off_failing() returns setof integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination outbound.destinations;
begin
  for v_destination in
    update outbound.destinations d
    set enabled = false, switched_off_at = broker.now()
    -- Not one that failed long ago and has not been tried since.
    where d.enabled and d.failed_at - d.failing_since >= (select s.failing_for from outbound.settings s)
    returning d.*
  loop
    perform outbound._put_error_event(v_destination, 'PA067', format(
      'switched off: failing since %s, at last with %s: %s',
      to_char(v_destination.failing_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), v_destination.error_code, v_destination.error));
    return next v_destination.id;
  end loop;
end $$;

comment on function outbound.switch_off_failing() is
  'Disables destinations that have failed for settings.failing_for without a success, with an Error event (PA067) each, and returns their '
  'ids. What waits for them goes on waiting; enable them to have it delivered.';
--! EndIncluded outbound/switch_off_failing.sql

--! Included outbound/policies.sql
-- Analysts see the destinations of their account and how their deliveries went, operators those of every account. The owner, whose rights
-- functions that are security definer have, passes by.

alter table outbound.destinations enable row level security;
drop policy if exists analysts on outbound.destinations;
create policy analysts on outbound.destinations for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on outbound.destinations;
create policy operators on outbound.destinations to parley_operator using (true);

alter table outbound.attempts enable row level security;
drop policy if exists analysts on outbound.attempts;
create policy analysts on outbound.attempts for select to parley_analyst
using (destination_id in (select d.id from outbound.destinations d where d.account_id = (select stats.current_account())));
drop policy if exists operators on outbound.attempts;
create policy operators on outbound.attempts to parley_operator using (true);
--! EndIncluded outbound/policies.sql
--! Included outbound/grants.sql
revoke all on all functions in schema outbound from public;
grant usage on schema outbound to parley_analyst, parley_operator, parley_worker;
grant execute on function
  outbound.accept(text, bigint[], bigint[], text[], text[]),
  outbound.join_dispatchers(text), outbound.look(text, bigint), outbound.revisions(text), outbound.hold(integer[]), outbound.release(integer[]),
  outbound.receive(integer[], bigint[], integer[], bigint[], boolean[]), outbound.due_in(integer[], bigint[]),
  outbound.settle(text, jsonb), outbound.save_conditions(jsonb), outbound.record_misconfiguration(integer, text, text),
  outbound.switch_off_gone(integer, text),
  outbound.forget_attempts(integer), outbound.forget_rejected(), outbound.switch_off_failing()
to parley_worker;
grant select on outbound.settings, outbound.kinds to parley_worker, parley_operator;

grant execute on function outbound.ticket_references(integer, text[]), outbound.keep_ticket_reference(integer, text[], text, bigint)
to parley_worker;

-- Operators set up destinations, watch them and deliver again.
grant select on outbound.destinations, outbound.deliveries, outbound.attempts to parley_operator;
grant insert (account_id, kind, name, events, settings, secrets, enabled, concurrency, rate_per_second), delete on outbound.destinations
to parley_operator;
grant update (name, events, settings, secrets, enabled, concurrency, rate_per_second) on outbound.destinations to parley_operator;
grant update (attempts_kept, failing_for) on outbound.settings to parley_operator;
grant select on outbound.destination_states to parley_operator, parley_worker;
grant execute on function
  outbound.redeliver(integer, bigint, timestamptz, timestamptz), outbound.record_attempts(jsonb), outbound.switch_off_failing()
to parley_operator;

-- Analysts: everything but the secrets.
grant select (id, account_id, kind, name, events, enabled, concurrency, rate_per_second, created_at, updated_at, failing_since, failed_at,
  error_code, error, circuit_opened_at, probe_at, misconfigured, switched_off_at)
on outbound.destinations to parley_analyst;
grant select on outbound.attempts to parley_analyst;
--! EndIncluded outbound/grants.sql
--! EndIncluded outbound/index.sql
