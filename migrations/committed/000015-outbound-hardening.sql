--! Previous: sha1:062d1af600cefbf0f1066d809d8f2b2bd6457f7f
--! Hash: sha1:8cbc63fa21e97375eb47a5c490fb54d7946be815
--! Message: outbound hardening

-- Deliveries that crash their worker come to an end, removal goes in batches, and what may be set has sane limits.

-- What may be set
update outbound.destinations set rate_per_second = null where rate_per_second in ('NaN', 'Infinity');
update outbound.destinations set rate_per_second = 10000 where rate_per_second > 10000;
update outbound.destinations set concurrency = 100 where concurrency > 100;
alter table outbound.destinations
  drop constraint destination_rate_positive,
  add constraint destination_rate_up_to_10000 check (rate_per_second > 0 and rate_per_second <= 10000),
  drop constraint destination_concurrency_1_to_1000,
  add constraint destination_concurrency_1_to_100 check (concurrency between 1 and 100),
  -- Down for long enough, it probes more often than a smallint counts.
  alter column probes type integer;

alter table outbound.settings
  add column destinations_per_account integer not null default 100
    constraint destinations_per_account_positive check (destinations_per_account > 0),
  add column answers_kept interval not null default '7 days' constraint answers_kept_positive check (answers_kept > '0'),
  add column keep_answers_of_delivered boolean not null default false;
comment on column outbound.settings.destinations_per_account is 'Most destinations that an account may have, of all kinds (PA069).';
comment on column outbound.settings.answers_kept is
  'How long the peer''s answer to an attempt is kept, which may hold personal data; the attempt itself is kept for attempts_kept.';
comment on column outbound.settings.keep_answers_of_delivered is 'Whether answers to attempts that delivered are kept too; false: of those that failed only.';

-- Secrets that open in their own row only
alter table outbound.destinations
  drop constraint destination_secrets_are_sealed,
  add constraint destination_secrets_are_sealed check (secrets ~ '^sealed:v[12]:[0-9a-f]{8}:[A-Za-z0-9+/]+={0,2}$');
comment on column outbound.destinations.secrets is
  'JSON, sealed by `./parley seal` for this row and account; only programs that have PARLEY_SECRETS_KEY can open it.';

-- Removal
alter table outbound.destinations
  add column removed_at timestamptz,
  add constraint destination_removed_is_disabled check (removed_at is null or not enabled),
  drop constraint destination_name_unique;
create unique index destination_name_unique on outbound.destinations (account_id, kind, name) where removed_at is null;
comment on column outbound.destinations.removed_at is
  'By outbound.remove_destination: nobody sees it any more; upkeep deletes what waits for it and its log, then the row.';

-- Answers
create index attempts_answered on outbound.attempts (started_at) where answer is not null;
comment on column outbound.attempts.answer is 'The beginning of its answer, kept for settings.answers_kept; or what we had to add, such as why there was nothing to send.';

-- Crashes
alter table outbound.deliveries add column crashes smallint not null default 0;
comment on column outbound.deliveries.crashes is
  'How often a worker died while this delivery, known as a suspect, was under way; 0: never, or nobody has written it down.';
create table outbound.holders (
  destination_id integer primary key references outbound.destinations (id) on delete cascade,
  worker text not null
);
comment on table outbound.holders is
  'Which worker delivers to a destination. A row of another worker that nobody took back, when a destination is taken hold of, tells of a crash.';
comment on column outbound.holders.worker is 'Of one process, and of no other ever.';

drop function outbound.hold(integer[]);
drop function outbound.receive(integer[], bigint[], integer[], bigint[], boolean[]);
drop function outbound.switch_off_gone(integer, text);
drop function api._add_webhook_endpoint(text, jsonb, text, text[], integer, double precision);
drop function chat._ticket_origin(bigint, bigint);

comment on type chat.ticket_status is
  E'@name ticket_status\n'
  'open: agents have to act. pending: it waits for the contact. solved: done, but the contact may come back. '
  'closed: done for good, and takes no notes any more; an agent, or what its contact writes, opens it again.';

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
declare
  v_most integer;
begin
  if new.secrets is not null and new.secrets !~ '^sealed:v[12]:[0-9a-f]{8}:[A-Za-z0-9+/]+={0,2}$' then
    raise exception using
      errcode = 'PA061',
      message = 'secrets of a destination are stored sealed only',
      hint = 'Seal them first, by ./parley seal; docs/consumers.md shows how.';
  end if;
  if tg_op = 'INSERT' then
    -- Of several transactions that add to an account at the same time each counts the others'.
    perform pg_advisory_xact_lock(1346458196, hashint8(new.account_id));
    select s.destinations_per_account into v_most from outbound.settings s;
    if (select count(*) from outbound.destinations d where d.account_id = new.account_id and d.removed_at is null) >= v_most then
      raise exception using
        errcode = 'PA069',
        message = format('account %s has %s destinations, and may have no more', new.account_id, v_most),
        hint = 'Remove those it does not need, or raise outbound.settings.destinations_per_account.';
    end if;
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
  'Refuses secrets that are not sealed (PA061), another kind or account (PA068) and more destinations than an account may have (PA069), '
  'counts the revisions that dispatchers follow, and forgets the failures of a destination that is repaired or switched on again.';
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
  select * into v_destination from outbound.destinations d where d.id = _destination.id and d.removed_at is null;
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
) w
where d.removed_at is null;

comment on view outbound.destination_states is 'Each destination and how it is; waiting: its deliveries, counted up to 10000. No secrets.';
--! EndIncluded outbound/destination_states.sql
--! Included outbound/shown_headers.sql
create or replace function outbound.shown_headers(headers jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when jsonb_typeof(shown_headers.headers) = 'object' then (
      select coalesce(
        jsonb_object_agg(
          h.key,
          case when h.key !~* 'auth|token|secret|key|pass|pwd|cred|cookie|session|sign|jwt|bearer' then h.value end
        ),
        '{}'
      )
      from jsonb_each(shown_headers.headers) h
    )
  end;
$$;

comment on function outbound.shown_headers(jsonb) is
  'Extra headers as they may be shown: null for the value of one whose name tells that it lets its bearer in. Better it is among the secrets.';
--! EndIncluded outbound/shown_headers.sql
--! Included outbound/new_destination_id.sql
create or replace function outbound.new_destination_id() returns integer
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select nextval(pg_get_serial_sequence('outbound.destinations', 'id'))::integer;
$$;

comment on function outbound.new_destination_id() is
  'The id of a destination that is about to be added with secrets, which are sealed for it: insert it "overriding system value".';
--! EndIncluded outbound/new_destination_id.sql
--! Included outbound/remove_destination.sql
create or replace function outbound.remove_destination(id integer) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform outbound._destination(remove_destination.id);
  update outbound.destinations d
  set removed_at = broker.now(), enabled = false, settings = '{}', secrets = null
  where d.id = remove_destination.id;
end $$;

comment on function outbound.remove_destination(integer) is
  'Removes a destination at once for everybody, with its settings and secrets. What waits for it, maybe a million deliveries, and its log '
  'are deleted by upkeep, bit by bit. Error: PA063.';
--! EndIncluded outbound/remove_destination.sql

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
set jit = off
as $$
declare
  v_count integer;
begin
  -- Before the first id is drawn: checkpoints rely on that order.
  perform pg_current_xact_id();

  with events as (
    -- One that failed at several destinations comes from the error queue as often.
    select distinct on (e.event_id) e.event_id, e.account_id, e.event_name, e.key, e.position
    from unnest(accept.account_ids, accept.event_ids, accept.event_names, accept.keys)
      with ordinality as e (account_id, event_id, event_name, key, position)
    order by e.event_id, e.position
  ), redriven as (
    select d.destination_id, d.event_id
    from outbound.deliveries d
    where d.event_id = any (accept.event_ids) and d.kind = accept.kind and d.state = 'rejected'
      and not exists (select from broker.error_messages m where m.id = d.error_id)
  ), wanted as (
    select d.id as destination_id, e.event_id, e.key, e.position
    from events e
    join outbound.destinations d on d.account_id = e.account_id and d.kind = accept.kind and d.enabled
      and (d.events is null or e.event_name = any (d.events))
    -- Of an event that comes from the error queue only what was redriven is due again.
    where e.event_id not in (select r.event_id from redriven r)
      -- A replayed event reaches those that have not had it.
      and not exists (
        select from outbound.attempts a
        where a.event_id = e.event_id and a.destination_id = d.id and a.outcome = 'delivered'
      )
    union all
    select r.destination_id, e.event_id, e.key, e.position
    from redriven r
    join events e on e.event_id = r.event_id
  )
  insert into outbound.deliveries as d (destination_id, id, kind, event_id, key)
  select w.destination_id, nextval('broker.message_id_seq'), accept.kind, w.event_id, w.key
  -- Events of one key in their order, those that were redriven too.
  from (select * from wanted order by position, destination_id) w
  on conflict on constraint delivery_once do update
  set id = excluded.id, state = 'ready', attempts = 0, crashes = 0, due_at = null, error_id = null
  where d.state = 'rejected' and not exists (select from broker.error_messages m where m.id = d.error_id);
  get diagnostics v_count = row_count;
  return v_count;
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
  set id = excluded.id, state = 'ready', attempts = 0, crashes = 0, due_at = null, error_id = null
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
set jit = off
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
create or replace function outbound.hold(ids integer[], worker text)
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
  probes integer,
  misconfigured text,
  crashed boolean
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
  with left_behind as (
    select h.destination_id from outbound.holders h where h.destination_id = any (v_held) and h.worker <> hold.worker
  ), held as (
    insert into outbound.holders as h (destination_id, worker)
    select d.id, hold.worker from outbound.destinations d where d.id = any (v_held)
    on conflict (destination_id) do update set worker = excluded.worker
  )
  select d.id, d.account_id, d.name, d.settings, d.secrets, d.concurrency, d.rate_per_second, d.revision,
    extract(epoch from broker.now() - d.failing_since)::double precision, d.circuit_opened_at is not null,
    greatest(extract(epoch from d.probe_at - broker.now()), 0)::double precision, d.probes, d.misconfigured,
    d.id in (select l.destination_id from left_behind l)
  from outbound.destinations d
  where d.id = any (v_held);
end $$;

comment on function outbound.hold(integer[], text) is
  'Takes those of these destinations that nobody else holds, for this session, and returns them as they are now; none of them may be held '
  'already. crashed: its last worker, another one, did not vacate it.';
--! EndIncluded outbound/hold.sql
--! Included outbound/vacate.sql
create or replace function outbound.vacate(ids integer[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from outbound.holders h where h.destination_id = any (vacate.ids);
$$;

comment on function outbound.vacate(integer[]) is
  'Notes that nothing is under way for these destinations any more. Before they are released, and in a transaction of its own: whoever holds '
  'them next must see it.';
--! EndIncluded outbound/vacate.sql
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
set jit = off
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
  crashes smallint,
  delayed boolean,
  parked boolean
)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_sort = off
as $$
  -- One statement, so one snapshot: what is committed meanwhile must neither be delivered nor passed over unexamined.
  with due as materialized (
    select d.destination_id, d.id, d.event_id, d.key, d.attempts, d.crashes
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
      select d.ctid, d.destination_id, d.id, d.event_id, d.key, d.attempts, d.crashes
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
    select u.destination_id, u.id, u.event_id, u.key, u.attempts, u.crashes, true as delayed, false as blocked from due u
    union all
    select f.destination_id, f.id, f.event_id, f.key, f.attempts, f.crashes, false, f.blocked from fresh f
  )
  select t.destination_id, t.id, t.event_id, e.name, t.key, e.data, e.put_at, t.attempts, t.crashes, t.delayed, t.blocked
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
set jit = off
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
set jit = off
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
set jit = off
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
set jit = off
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
--! Included outbound/_rows_at.sql
create or replace function outbound._rows_at(destination_ids integer[], ids bigint[]) returns setof tid
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  -- By its key for each: joined otherwise, a destination for which a million wait would be read whole.
  select d.ctid
  from unnest(_rows_at.destination_ids, _rows_at.ids) as o (destination_id, id)
  cross join lateral (
    select d.ctid
    from outbound.deliveries d
    where d.destination_id = o.destination_id and d.id = o.id
    offset 0
  ) d;
$$;

comment on function outbound._rows_at(integer[], bigint[]) is 'Where these deliveries are.';
--! EndIncluded outbound/_rows_at.sql
--! Included outbound/record_suspects.sql
create or replace function outbound.record_suspects(destination_ids integer[], ids bigint[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  update outbound.deliveries d
  set crashes = d.crashes + 1
  where d.ctid = any (array(select outbound._rows_at(record_suspects.destination_ids, record_suspects.ids)));
$$;

comment on function outbound.record_suspects(integer[], bigint[]) is
  'Before these deliveries are made for a destination whose last worker crashed: counts a crash for each in advance.';
--! EndIncluded outbound/record_suspects.sql
--! Included outbound/clear_suspects.sql
create or replace function outbound.clear_suspects(destination_ids integer[], ids bigint[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  update outbound.deliveries d
  set crashes = 0
  where d.ctid = any (array(select outbound._rows_at(clear_suspects.destination_ids, clear_suspects.ids)));
$$;

comment on function outbound.clear_suspects(integer[], bigint[]) is
  'Deliveries that ended in some way or other, and wait again, without having crashed their worker are suspect no more.';
--! EndIncluded outbound/clear_suspects.sql
--! Included outbound/_reject.sql
create or replace function outbound._reject(kind text, outcomes jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
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
  select t.id, o.event_id, o.event_name, o.attempt, o.started_at, o.duration_ms, o.outcome, o.status,
    coalesce(o.note, case when o.outcome <> 'delivered' or s.keep_answers_of_delivered then o.answer end), o.reference, o.code, left(o.error, 2000)
  from jsonb_to_recordset(record_attempts.outcomes) as o (
    destination_id integer, event_id bigint, event_name text, attempt smallint, started_at timestamptz, duration_ms integer,
    outcome outbound.outcome, status integer, answer text, note text, reference text, code text, error text
  )
  cross join outbound.settings s
  -- One that has been deleted meanwhile has no log.
  cross join lateral (select d.id from outbound.destinations d where d.id = o.destination_id for key share) t;
$$;

comment on function outbound.record_attempts(jsonb) is
  'Adds to the log of attempts; the argument is that of outbound.settle. What a peer answered to a success is not kept, unless '
  'settings.keep_answers_of_delivered.';
--! EndIncluded outbound/record_attempts.sql
--! Included outbound/settle.sql
create or replace function outbound.settle(kind text, outcomes jsonb) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
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
  'attempt, delayed, started_at, duration_ms, outcome, status, answer, note, reference, code, error, retry_in_s}].';
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
    (id integer, revision integer, failing_for_s double precision, code text, error text, circuit_open boolean, probe_in_s double precision, probes integer)
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
  -- What failed before is over: it is not even tried.
  set misconfigured = left(record_misconfiguration.reason, 2000), error_code = record_misconfiguration.code,
    failing_since = null, failed_at = null, error = null
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
create or replace function outbound.switch_off_gone(id integer, revision integer, error text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination outbound.destinations;
begin
  update outbound.destinations d
  set enabled = false, switched_off_at = broker.now(), failing_since = coalesce(d.failing_since, broker.now()),
    failed_at = broker.now(), error_code = 'PA072', error = switch_off_gone.error
  -- Not one that has been mended since: what is gone is where it was.
  where d.id = switch_off_gone.id and d.revision = switch_off_gone.revision and d.enabled
  returning d.* into v_destination;
  if found then
    perform outbound._put_error_event(v_destination, 'PA067', format('switched off: it %s', switch_off_gone.error));
  end if;
end $$;

comment on function outbound.switch_off_gone(integer, integer, text) is
  'Disables a destination that wants no calls any more, if it is still of this revision, with an Error event (PA067). What waits for it goes on waiting; enable it to have '
  'it delivered.';
--! EndIncluded outbound/switch_off_gone.sql

-- A mail server takes a mail for some recipients and defers it for others. Those who have it are remembered until the others have it too.
--! Included outbound/mailed_recipients.sql
create or replace function outbound.mailed_recipients(delivery_id text) returns setof bytea
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select m.recipient from outbound.mailed m where m.delivery_id = mailed_recipients.delivery_id
$$;

comment on function outbound.mailed_recipients(text) is
  'Digests of those who have the mail of a delivery that is still on its way to others.';
--! EndIncluded outbound/mailed_recipients.sql
--! Included outbound/remember_mailed.sql
create or replace function outbound.remember_mailed(delivery_id text, recipients bytea[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into outbound.mailed (delivery_id, recipient)
  select remember_mailed.delivery_id, r.recipient
  from unnest(remember_mailed.recipients) as r (recipient)
  on conflict do nothing
$$;

comment on function outbound.remember_mailed(text, bytea[]) is
  'Remembers who has the mail of a delivery, by the digests of their addresses.';
--! EndIncluded outbound/remember_mailed.sql
--! Included outbound/forget_mailed.sql
create or replace function outbound.forget_mailed(delivery_id text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  delete from outbound.mailed m where m.delivery_id = forget_mailed.delivery_id;
$$;

comment on function outbound.forget_mailed(text) is
  'Forgets who has the mail of a delivery that everybody has by now: delivered again on purpose, it goes to all.';
--! EndIncluded outbound/forget_mailed.sql

-- What the adapter of other ticket systems remembers
--! Included outbound/ticket_references.sql
create or replace function outbound.ticket_references(destination_id integer, names text[])
returns table (name text, reference text, event_id bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
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
set jit = off
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
set jit = off
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
--! Included outbound/forget_answers.sql
create or replace function outbound.forget_answers(most integer default 10000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_count integer;
begin
  update outbound.attempts a
  set answer = null
  where a.ctid = any (array(
    select o.ctid
    from outbound.attempts o
    where o.answer is not null and o.started_at < broker.now() - (select s.answers_kept from outbound.settings s)
    order by o.started_at
    limit forget_answers.most
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function outbound.forget_answers(integer) is
  'Takes answers older than settings.answers_kept out of the log of attempts, at most so many, and returns how many; called until none is left.';
--! EndIncluded outbound/forget_answers.sql
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
--! Included outbound/forget_old_mailed.sql
create or replace function outbound.forget_old_mailed(most integer default 10000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_count integer;
begin
  delete from outbound.mailed m
  where m.ctid = any (array(
    select o.ctid from outbound.mailed o where o.mailed_at < broker.now() - interval '90 days' order by o.mailed_at limit forget_old_mailed.most
  ));
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function outbound.forget_old_mailed(integer) is
  'Forgets who has mails of deliveries that were given up 90 days ago, at most so many, and returns how many; called until none is left.';
--! EndIncluded outbound/forget_old_mailed.sql
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
--! Included outbound/delete_removed.sql
create or replace function outbound.delete_removed(most integer default 10000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_id integer;
  v_count integer;
begin
  select d.id into v_id from outbound.destinations d where d.removed_at is not null order by d.id limit 1 for update skip locked;
  if not found then
    return 0;
  end if;
  delete from outbound.deliveries d
  where d.ctid = any (array(
    select w.ctid from outbound.deliveries w where w.destination_id = v_id order by w.destination_id, w.id limit delete_removed.most
  ));
  get diagnostics v_count = row_count;
  if v_count > 0 then
    return v_count;
  end if;
  delete from outbound.attempts a
  where a.ctid = any (array(
    select l.ctid from outbound.attempts l where l.destination_id = v_id order by l.destination_id, l.id limit delete_removed.most
  ));
  get diagnostics v_count = row_count;
  if v_count > 0 then
    return v_count;
  end if;
  delete from outbound.ticket_references r
  where r.ctid = any (array(
    select t.ctid from outbound.ticket_references t where t.destination_id = v_id order by t.destination_id, t.name limit delete_removed.most
  ));
  get diagnostics v_count = row_count;
  if v_count > 0 then
    return v_count;
  end if;
  delete from outbound.destinations d where d.id = v_id;
  return 1;
end $$;

comment on function outbound.delete_removed(integer) is
  'Deletes what a removed destination leaves behind, at most so many rows, at last itself, and returns how many; called until none is left.';
--! EndIncluded outbound/delete_removed.sql

--! Included outbound/policies.sql
-- Analysts see the destinations of their account and how their deliveries went, operators those of every account. The owner, whose rights
-- functions that are security definer have, passes by.

alter table outbound.destinations enable row level security;
drop policy if exists analysts on outbound.destinations;
create policy analysts on outbound.destinations for select to parley_analyst using (account_id = (select stats.current_account()) and removed_at is null);
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
  outbound.join_dispatchers(text), outbound.look(text, bigint), outbound.revisions(text), outbound.hold(integer[], text),
  outbound.vacate(integer[]), outbound.release(integer[]),
  outbound.receive(integer[], bigint[], integer[], bigint[], boolean[]), outbound.due_in(integer[], bigint[]),
  outbound.settle(text, jsonb), outbound.save_conditions(jsonb), outbound.record_misconfiguration(integer, text, text),
  outbound.record_suspects(integer[], bigint[]), outbound.clear_suspects(integer[], bigint[]),
  outbound.switch_off_gone(integer, integer, text), outbound.switch_off_failing(), outbound.delete_removed(integer),
  outbound.forget_attempts(integer), outbound.forget_answers(integer), outbound.forget_rejected(), outbound.forget_old_mailed(integer),
  outbound.mailed_recipients(text), outbound.remember_mailed(text, bytea[]), outbound.forget_mailed(text),
  outbound.ticket_references(integer, text[]), outbound.keep_ticket_reference(integer, text[], text, bigint)
to parley_worker;
grant select on outbound.settings, outbound.kinds to parley_worker, parley_operator;

-- Operators set up destinations, watch them and deliver again.
grant select on outbound.destinations, outbound.deliveries, outbound.attempts to parley_operator;
grant insert (id, account_id, kind, name, events, settings, secrets, enabled, concurrency, rate_per_second) on outbound.destinations
to parley_operator;
-- A million deliveries would go with it, in one statement.
revoke delete on outbound.destinations from parley_operator;
grant update (name, events, settings, secrets, enabled, concurrency, rate_per_second) on outbound.destinations to parley_operator;
grant update (attempts_kept, answers_kept, keep_answers_of_delivered, failing_for, destinations_per_account) on outbound.settings to parley_operator;
grant select on outbound.destination_states to parley_operator, parley_worker;
grant execute on function
  outbound.redeliver(integer, bigint, timestamptz, timestamptz), outbound.record_attempts(jsonb), outbound.switch_off_failing(),
  outbound.new_destination_id(), outbound.remove_destination(integer)
to parley_operator;
-- Administrators by what schema api shows them, which is checked as theirs.
grant execute on function outbound.shown_headers(jsonb) to parley_operator, parley_administrator;

-- Analysts: everything but the secrets.
grant select (id, account_id, kind, name, events, enabled, concurrency, rate_per_second, created_at, updated_at, failing_since, failed_at,
  error_code, error, circuit_opened_at, probe_at, misconfigured, switched_off_at)
on outbound.destinations to parley_analyst;
grant select on outbound.attempts to parley_analyst;
--! EndIncluded outbound/grants.sql
--! EndIncluded outbound/index.sql
--! Included chat/_ticket_origin.sql
create or replace function chat._ticket_origin(
  account_id bigint, dialog_id bigint, given_chat_guid text, out chat_guid text, out own_dialog_id bigint, out contact_id bigint
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  if dialog_id is null then
    chat_guid := given_chat_guid;
    return;
  end if;
  select c.chat_guid, case when c.dialog_id is null then d.id end, d.contact_id
  into chat_guid, own_dialog_id, contact_id
  from chat.dialogs d left join chat.chats c on c.dialog_id = d.id
  where d.id = _ticket_origin.dialog_id and d.account_id = _ticket_origin.account_id;
  if not found then
    raise exception using
      errcode = 'PA082',
      message = format('there is no dialog %s in account %s', dialog_id, account_id),
      hint = 'Give the id of a dialog, not of its conversation; or, for a chat that is not stored yet, its chat_guid.';
  end if;
  if given_chat_guid <> coalesce(chat_guid, '') then
    raise exception using
      errcode = 'PA084',
      message = format('dialog %s is not that of chat %s', dialog_id, given_chat_guid),
      hint = 'A ticket came of one of them: give the dialog or the chat.';
  end if;
end $$;

comment on function chat._ticket_origin(bigint, bigint, text) is
  'How a ticket refers to a dialog: a chat that came as an event by its GUID, since a later event of it replaces the row. '
  'A GUID may be given instead, or the one of that dialog. Errors: PA082, PA084.';
--! EndIncluded chat/_ticket_origin.sql
--! Included chat/open_ticket.sql
create or replace function chat.open_ticket(
  account_id bigint,
  subject text,
  contact_id bigint default null,
  external_id text default null,
  dialog_id bigint default null,
  chat_guid text default null,
  assignee_id bigint default null,
  team_id bigint default null,
  priority chat.ticket_priority default 'normal'
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_ticket chat.tickets;
  v_origin constant record := chat._ticket_origin(account_id, dialog_id, chat_guid);
begin
  perform chat._lock_ticket_numbers(account_id);
  select t.id into v_ticket.id from chat.tickets t
  where t.account_id = open_ticket.account_id and t.external_id = open_ticket.external_id;
  if found then
    return v_ticket.id;
  end if;
  v_ticket.account_id := account_id;
  v_ticket.subject := subject;
  v_ticket.contact_id := coalesce(open_ticket.contact_id, v_origin.contact_id);
  v_ticket.external_id := external_id;
  v_ticket.dialog_id := v_origin.own_dialog_id;
  v_ticket.chat_guid := v_origin.chat_guid;
  v_ticket.assignee_id := assignee_id;
  v_ticket.team_id := team_id;
  v_ticket.priority := priority;
  return chat._insert_ticket(v_ticket);
end $$;

comment on function
  chat.open_ticket(bigint, text, bigint, text, bigint, text, bigint, bigint, chat.ticket_priority) is
  'Returns the ticket with that external_id as it is, or opens one. It may name the dialog that it came of, or a chat that is not '
  'stored yet; the dialog''s contact is taken if none is given. Other tickets of the account wait until the transaction ends. '
  'Errors: PA032, PA040, PA082, PA084, 23503 for an unknown account, contact, agent or team.';
--! EndIncluded chat/open_ticket.sql
--! Included chat/link_ticket.sql
create or replace function chat.link_ticket(
  ticket_id bigint, dialog_id bigint default null, chat_guid text default null, external_id text default null
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_before constant chat.tickets := chat._lock_ticket(ticket_id);
  v_origin record;
  v_after chat.tickets := v_before;
begin
  if dialog_id is not null or chat_guid is not null then
    v_origin := chat._ticket_origin(v_before.account_id, dialog_id, chat_guid);
    v_after.dialog_id := v_origin.own_dialog_id;
    v_after.chat_guid := v_origin.chat_guid;
  end if;
  v_after.external_id := coalesce(link_ticket.external_id, v_before.external_id);
  if v_after is not distinct from v_before then
    return false;
  end if;
  update chat.tickets t
  set dialog_id = v_after.dialog_id, chat_guid = v_after.chat_guid, external_id = v_after.external_id,
    updated_at = greatest(broker.clock(), t.updated_at)
  where t.id = v_before.id;
  return true;
end $$;

comment on function chat.link_ticket(bigint, bigint, text, text) is
  'Says of which dialog, or chat that need not be stored yet, a ticket came, and what another system calls it; null leaves it as it is. '
  'False if nothing changes. Errors: PA080, PA082, PA084, 23505 for an external_id in use.';
--! EndIncluded chat/link_ticket.sql
--! Included chat/grants.sql
revoke all on all functions in schema chat from public;
grant usage on schema chat to parley_producer, parley_worker, parley_operator, parley_analyst;

-- The chat server writes conversations, by rows or by functions. Dialogs, events and what hangs on them are the triggers'.
grant select on
  chat.accounts, chat.inboxes, chat.users, chat.teams, chat.contacts,
  chat.conversations, chat.dialogs, chat.events, chat.messages, chat.mentions
to parley_producer;
grant insert (id, name, puts_chat_events, created_at, updated_at), update (name, puts_chat_events, updated_at)
  on chat.accounts to parley_producer;
grant insert (account_id, name, channel_type, identifier, created_at, updated_at),
  update (name, channel_type, identifier, updated_at, deleted_at)
  on chat.inboxes to parley_producer;
grant insert (account_id, id, name, email, created_at, updated_at), update (name, email, updated_at, deleted_at)
  on chat.users to parley_producer;
grant insert (account_id, id, name, created_at, updated_at), update (name, updated_at, deleted_at)
  on chat.teams to parley_producer;
grant insert (account_id, name, email, phone_number, identifier, additional_attributes, custom_attributes, created_at, updated_at),
  update (name, email, phone_number, identifier, additional_attributes, custom_attributes, updated_at)
  on chat.contacts to parley_producer;
grant insert (
    account_id, inbox_id, contact_id, status, assignee_id, team_id, identifier, snoozed_until,
    additional_attributes, custom_attributes, created_at, updated_at
  ),
  update (
    inbox_id, contact_id, status, assignee_id, team_id, identifier, snoozed_until,
    additional_attributes, custom_attributes, updated_at
  )
  on chat.conversations to parley_producer;
grant insert (
    account_id, inbox_id, conversation_id, content, message_type, private, status, source_id, content_type, content_attributes,
    sender_type, sender_id, additional_attributes, created_at, updated_at
  ),
  update (content, status, source_id, content_type, content_attributes, additional_attributes, updated_at)
  on chat.messages to parley_producer;
grant insert (account_id, inbox_id, conversation_id, name, value, user_id, created_at, updated_at) on chat.events to parley_producer;
grant insert (account_id, conversation_id, user_id, message_id, mentioned_at, created_at, updated_at),
  update (mentioned_at, updated_at)
  on chat.mentions to parley_producer;
grant execute on function
  chat.open_conversation(bigint, bigint, bigint, text, integer, bigint, bigint, jsonb),
  chat.reopen_conversation(bigint, integer),
  chat.append_message(bigint, text, integer, text, bigint, boolean, text, boolean, jsonb, jsonb, timestamptz),
  chat.assign_conversation(bigint, bigint, bigint),
  chat.unassign_conversation(bigint),
  chat.resolve_conversation(bigint),
  chat.snooze_conversation(bigint, timestamptz),
  chat.mention_user(bigint, bigint, bigint)
to parley_producer;
grant select on chat.tickets, chat.ticket_messages, chat.ticket_changes to parley_producer;
grant execute on function
  chat.dialog_of_chat(bigint, text),
  chat.open_ticket(bigint, text, bigint, text, bigint, text, bigint, bigint, chat.ticket_priority),
  chat.append_ticket_message(bigint, text, chat.ticket_author, bigint, boolean, text, boolean, jsonb),
  chat.assign_ticket(bigint, bigint, bigint),
  chat.unassign_ticket(bigint),
  chat.set_ticket_status(bigint, chat.ticket_status),
  chat.set_ticket_priority(bigint, chat.ticket_priority),
  chat.link_ticket(bigint, bigint, text, text)
to parley_producer;
-- What the trigger of chat.events calls with the rights of who inserts.
grant execute on function chat._is_own_event(text), chat._place_event(chat.events) to parley_producer;

-- Which accounts put events is an operator's choice too.
grant update (name, puts_chat_events) on chat.accounts to parley_operator;
grant execute on function chat.forget_contact(bigint, bigint) to parley_operator;
grant execute on function chat.wake_snoozed() to parley_worker;

grant execute on function
  chat.store_chat_queued(bigint, timestamptz, jsonb),
  chat.store_chat_started(bigint, timestamptz, jsonb),
  chat.store_chat_replied(bigint, timestamptz, jsonb),
  chat.store_chat_ended(bigint, timestamptz, jsonb),
  chat.store_chat_rating_submitted(bigint, timestamptz, jsonb),
  chat.store_chat_wrapup_submitted(bigint, timestamptz, jsonb),
  chat.store_visitor_landed(bigint, timestamptz, jsonb),
  chat.store_visitor_conversion_achieved(bigint, timestamptz, jsonb),
  chat.store_ban_added(bigint, timestamptz, jsonb),
  chat.store_offline_message_submitted(bigint, timestamptz, jsonb),
  chat.store_agent_status_changed(bigint, timestamptz, jsonb),
  chat.store_agent_preference_changed(bigint, timestamptz, jsonb),
  chat.store_agent_chat_replied(bigint, timestamptz, jsonb),
  chat.store_canned_message_used(bigint, timestamptz, jsonb),
  chat.store_auto_invitation(bigint, timestamptz, jsonb),
  chat.store_manual_invitation_logged(bigint, timestamptz, jsonb),
  chat.store_other_event(bigint, timestamptz, text, jsonb),
  chat.file_in_ticket(
    bigint, bigint, text, text, text, jsonb, chat.ticket_author, jsonb, text, text, boolean, boolean, bigint, text, chat.ticket_priority, text, jsonb)
to parley_worker;

grant select on all tables in schema chat to parley_operator;

-- Analysts read schema api. It shows them names, and policies (sql/api/policies.sql) those of their account only.
revoke select on all tables in schema chat from parley_analyst;
grant select (id, name, created_at) on chat.accounts to parley_analyst;
grant select (account_id, id, name, created_at, deleted_at) on chat.users, chat.teams to parley_analyst;
grant select (account_id, id, name, channel_type, identifier, created_at, deleted_at) on chat.inboxes to parley_analyst;
grant select (
    id, account_id, number, subject, status, priority, assignee_id, team_id, contact_id, dialog_id, chat_guid, external_id,
    created_at, updated_at, solved_at
  )
  on chat.tickets to parley_analyst;
grant select (
    id, ticket_id, author, agent_id, contact_id, private, content, attachments, source_id, event_id, created_at
  )
  on chat.ticket_messages to parley_analyst;
grant select (id, ticket_id, status, priority, assignee_id, team_id, created_at) on chat.ticket_changes to parley_analyst;
--! EndIncluded chat/grants.sql
--! Included api/webhook_endpoints.sql
-- With the rights of its owner: administrators read what of a destination is not secret here, and nothing of it by itself.
create or replace view api.webhook_endpoints with (security_barrier = true) as
select
  d.id,
  d.name,
  d.settings ->> 'url' as url,
  outbound.shown_headers(d.settings -> 'headers') as headers,
  d.events,
  d.concurrency::integer as concurrency,
  d.rate_per_second::double precision as rate_per_second,
  d.enabled,
  s.state,
  s.waiting,
  s.failing_since,
  s.error_code,
  s.error,
  s.probe_at,
  s.switched_off_at,
  d.created_at,
  d.updated_at
from outbound.destinations d
join outbound.destination_states s on s.id = d.id
where d.kind = 'webhook' and d.account_id = (select stats.current_account());

comment on view api.webhook_endpoints is E'@primaryKey id\nWhere the account''s events are posted to. Needs a token of the role administrator.';
comment on column api.webhook_endpoints.id is E'@notNull\nWhat mutations take.';
comment on column api.webhook_endpoints.name is E'@notNull\nWhat the account calls it; each of its endpoints has another name.';
comment on column api.webhook_endpoints.url is E'@notNull\nWhere events are posted to.';
comment on column api.webhook_endpoints.headers is
  'Sent with each event. Those whose name tells of a secret are null, and those that were given as secret are not among them.';
comment on column api.webhook_endpoints.events is 'Names of the events it wants; null: all that are routed to WebHookQueue.';
comment on column api.webhook_endpoints.concurrency is E'@notNull\nMost events posted at the same time, each of another conversation.';
comment on column api.webhook_endpoints.rate_per_second is 'Most events posted a second; null: as fast as it answers.';
comment on column api.webhook_endpoints.enabled is E'@notNull\nfalse: it gets no new events, and what waits goes on waiting.';
comment on column api.webhook_endpoints.state is
  E'@notNull\nworks; failing: it has failed since its last success; down: all waits until probeAt; misconfigured: its settings cannot be used; '
  'disabled: by hand; switched off: it kept failing, or is gone.';
comment on column api.webhook_endpoints.waiting is E'@notNull\nEvents that are to be posted, counted up to 10000.';
comment on column api.webhook_endpoints.failing_since is 'First failure since the last success; null: it works.';
comment on column api.webhook_endpoints.error_code is 'What went wrong last, as a code of docs/errors.md; null: nothing since the last success.';
comment on column api.webhook_endpoints.error is 'What went wrong last, or why it is misconfigured; null: nothing since the last success.';
comment on column api.webhook_endpoints.probe_at is 'It is down: when it is tried again.';
comment on column api.webhook_endpoints.switched_off_at is 'When it was switched off, because it kept failing or said that it is gone; null: it is not.';
comment on column api.webhook_endpoints.created_at is E'@notNull\nWhen it was added.';
comment on column api.webhook_endpoints.updated_at is E'@notNull\nWhen it was last changed, enabled or disabled.';
--! EndIncluded api/webhook_endpoints.sql
--! Included api/webhook_attempts.sql
-- With the rights of whoever reads: row security keeps to the account, and lets the newest be read by the index, which no barrier would.
create or replace view api.webhook_attempts with (security_invoker = true) as
select
  a.id,
  a.destination_id as endpoint_id,
  a.event_id,
  a.event_name,
  a.attempt::integer as attempt,
  a.started_at,
  a.duration_ms,
  a.outcome::text as outcome,
  a.status,
  a.answer,
  a.error_code,
  a.error
from outbound.attempts a
where exists (select from outbound.destinations d where d.id = a.destination_id and d.kind = 'webhook');

comment on view api.webhook_attempts is
  E'@primaryKey id\n@foreignKey (endpoint_id) references webhook_endpoints (id)|@fieldName endpoint|@foreignFieldName attempts\n'
  'What was posted to webhook endpoints, and what came of it. Needs a token of the role administrator.';
comment on column api.webhook_attempts.id is E'@notNull\nAttempts that were logged later have higher ones.';
comment on column api.webhook_attempts.endpoint_id is E'@notNull\nThe endpoint.';
comment on column api.webhook_attempts.event_id is E'@notNull\nThe event.';
comment on column api.webhook_attempts.event_name is E'@notNull\nIts name, such as chat.ended.';
comment on column api.webhook_attempts.attempt is E'@notNull\n1 the first time.';
comment on column api.webhook_attempts.started_at is E'@notNull\nWhen the event was posted.';
comment on column api.webhook_attempts.duration_ms is E'@notNull\nMilliseconds until it was answered, or given up.';
comment on column api.webhook_attempts.outcome is
  E'@notNull\ndelivered; failed: tried again; down: tried again when the endpoint is back; rejected: in the error queue.';
comment on column api.webhook_attempts.status is 'HTTP status; null: there was no answer.';
comment on column api.webhook_attempts.answer is 'The beginning of the answer, up to 1 kB, for some days; of what was delivered none is kept, unless a DBA asks for it.';
comment on column api.webhook_attempts.error_code is 'What went wrong, as a code of docs/errors.md; null: delivered.';
comment on column api.webhook_attempts.error is 'What went wrong; null: delivered.';
--! EndIncluded api/webhook_attempts.sql
--! Included api/_webhook_endpoint.sql
create or replace function api._webhook_endpoint(id integer) returns outbound.destinations
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_endpoint outbound.destinations;
begin
  select * into v_endpoint
  from outbound.destinations d
  where d.id = _webhook_endpoint.id and d.kind = 'webhook' and d.account_id = stats.current_account() and d.removed_at is null;
  if not found then
    raise exception using
      errcode = 'PA063',
      message = format('there is no webhook endpoint %s', _webhook_endpoint.id),
      hint = 'webhookEndpoints lists those of your account.';
  end if;
  return v_endpoint;
end $$;

comment on function api._webhook_endpoint(integer) is 'A webhook endpoint of the session''s account, its secrets sealed. Error: PA063.';
--! EndIncluded api/_webhook_endpoint.sql
--! Included api/_new_webhook_endpoint_id.sql
create or replace function api._new_webhook_endpoint_id() returns integer
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select outbound.new_destination_id();
$$;

comment on function api._new_webhook_endpoint_id() is 'The id of an endpoint that is about to be added: its secrets are sealed for it.';
--! EndIncluded api/_new_webhook_endpoint_id.sql
--! Included api/_add_webhook_endpoint.sql
create or replace function api._add_webhook_endpoint(
  id integer,
  name text,
  settings jsonb,
  secrets text,
  events text[],
  concurrency integer,
  rate_per_second double precision
) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._check_events(_add_webhook_endpoint.events);
  insert into outbound.destinations (id, account_id, kind, name, settings, secrets, events, concurrency, rate_per_second)
  overriding system value
  values (
    _add_webhook_endpoint.id, stats.current_account(), 'webhook', _add_webhook_endpoint.name, _add_webhook_endpoint.settings, _add_webhook_endpoint.secrets,
    _add_webhook_endpoint.events, coalesce(_add_webhook_endpoint.concurrency, 10), _add_webhook_endpoint.rate_per_second
  );
  return _add_webhook_endpoint.id;
end $$;

comment on function api._add_webhook_endpoint(integer, text, jsonb, text, text[], integer, double precision) is
  'Adds a webhook endpoint to the session''s account. Settings have been checked, secrets sealed for this id by whoever '
  'calls. Errors: PA001, PA061, PA069.';
--! EndIncluded api/_add_webhook_endpoint.sql
--! Included api/remove_webhook_endpoint.sql
create or replace function api.remove_webhook_endpoint(endpoint_id integer) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._webhook_endpoint(remove_webhook_endpoint.endpoint_id);
  perform outbound.remove_destination(remove_webhook_endpoint.endpoint_id);
  return remove_webhook_endpoint.endpoint_id;
end $$;

comment on function api.remove_webhook_endpoint(integer) is
  E'@resultFieldName endpointId\nRemoves an endpoint, with what waits for it and what was logged of it, which takes a while to be deleted. Error: PA063.';
--! EndIncluded api/remove_webhook_endpoint.sql
--! Included api/open_ticket.sql
create or replace function api.open_ticket(
  subject text,
  account_id bigint default null,
  contact_id bigint default null,
  external_id text default null,
  dialog_id bigint default null,
  chat_guid text default null,
  assignee_id bigint default null,
  team_id bigint default null,
  priority chat.ticket_priority default 'normal'
) returns api.tickets
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return api._ticket(chat.open_ticket(
    api._account(open_ticket.account_id), open_ticket.subject, open_ticket.contact_id, open_ticket.external_id,
    open_ticket.dialog_id, open_ticket.chat_guid, open_ticket.assignee_id, open_ticket.team_id, open_ticket.priority
  ));
end $$;

comment on function api.open_ticket(text, bigint, bigint, text, bigint, text, bigint, bigint, chat.ticket_priority) is
  E'@resultFieldName ticket\n'
  'Gives the ticket with that externalId as it is, or opens one. It may name the dialog that it came of, or a chat (chatGuid: ChatId of '
  'events) that is not stored yet. accountId is needed where the token names no account. Errors: PA030, PA032, PA082, PA084.';
--! EndIncluded api/open_ticket.sql
--! Included api/link_ticket.sql
create or replace function api.link_ticket(ticket_id bigint, dialog_id bigint default null, chat_guid text default null, external_id text default null) returns api.tickets
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._ticket(ticket_id);
  perform chat.link_ticket(ticket_id, dialog_id, chat_guid, external_id);
  return api._ticket(ticket_id);
end $$;

comment on function api.link_ticket(bigint, bigint, text, text) is
  E'@resultFieldName ticket\n'
  'Says of which dialog, or chat that need not be stored yet, a ticket came, and what another system calls it; null leaves it as it is. Errors: PA080, PA082, PA084.';
--! EndIncluded api/link_ticket.sql
--! Included api/grants.sql
revoke all on all functions in schema api from public;
grant usage on schema api to parley_analyst, parley_producer, parley_operator;
grant execute on function
  api.presences(timestamptz, timestamptz, bigint[]),
  api.concurrency(timestamptz, timestamptz, bigint[], bigint[], bigint[])
to parley_analyst;

grant select on
  api.accounts, api.agents, api.teams, api.inboxes, api.dialogs, api.turns, api.ownerships,
  api.tickets, api.ticket_messages, api.ticket_changes
to parley_analyst;
grant execute on function api._dialog_of_chat(text) to parley_analyst;
grant execute on function
  api.report(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.percentiles(api.metric, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean),
  api.histogram(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean),
  api.heatmap(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.dialogs_behind(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.backlog(api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.service_level(integer, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.reopening(interval, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.wrapups(timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.live_board(bigint[], bigint[], bigint[]),
  api.live_agents(bigint[], bigint[], bigint[])
to parley_analyst;

-- What producers call looks up the account of its session.
grant usage on schema stats to parley_producer;
grant execute on function
  api._refuse_account(text), api._account(bigint), api._conversation(bigint), api._own_document(jsonb), api._own_dedupe_id(text),
  api.put_event(text, jsonb, text, text, timestamptz),
  api.put_events(api.event[]),
  api.open_conversation(bigint, bigint, bigint, text, integer, bigint, bigint, jsonb),
  api.reopen_conversation(bigint, integer),
  api.append_message(bigint, text, integer, text, bigint, boolean, text, boolean, jsonb, jsonb, timestamptz),
  api.assign_conversation(bigint, bigint, bigint),
  api.unassign_conversation(bigint),
  api.resolve_conversation(bigint),
  api.snooze_conversation(bigint, timestamptz),
  api.mention_user(bigint, bigint, bigint),
  api._ticket(bigint),
  api.open_ticket(text, bigint, bigint, text, bigint, text, bigint, bigint, chat.ticket_priority),
  api.append_ticket_message(bigint, text, chat.ticket_author, bigint, boolean, text, boolean, jsonb),
  api.assign_ticket(bigint, bigint, bigint),
  api.unassign_ticket(bigint),
  api.set_ticket_status(bigint, chat.ticket_status),
  api.set_ticket_priority(bigint, chat.ticket_priority),
  api.link_ticket(bigint, bigint, text, text)
to parley_producer;

-- Administrators are analysts who may do more.
grant usage on schema api to parley_administrator;
grant select on api.webhook_endpoints, api.webhook_attempts to parley_administrator;
grant execute on function
  api._webhook_endpoint(integer),
  api._new_webhook_endpoint_id(),
  api._add_webhook_endpoint(integer, text, jsonb, text, text[], integer, double precision),
  api._change_webhook_endpoint(integer, integer, text, jsonb, text, text[], integer, double precision),
  api.enable_webhook_endpoint(integer), api.disable_webhook_endpoint(integer), api.remove_webhook_endpoint(integer),
  api.redeliver_webhooks(integer, bigint, timestamptz, timestamptz)
to parley_administrator;
--! EndIncluded api/grants.sql
