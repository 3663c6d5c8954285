--! Previous: sha1:221ab384e204d66a14144ec7ce0edde0f9730fde
--! Hash: sha1:062d1af600cefbf0f1066d809d8f2b2bd6457f7f
--! Message: facts go on

-- Facts of a dialog in which more was said go on from those that are stored (decision 17). Ratings follow chats that come
-- and go. Concurrency is counted by sorted times, reports join the names of what they are by.

select stats._lock_sums();

alter table stats.dialogs add column last_message_at timestamptz;
update stats.dialogs d set last_message_at = (
  select max(m.created_at) from chat.messages m
  where m.conversation_id = d.conversation_id and m.dialog_id = d.dialog_id and m.message_type <> 2
)
where d.resolved_at is null and not exists (select from stats.stale s where s.dialog_id = d.dialog_id);
comment on column stats.dialogs.last_message_at is
  'Of unresolved dialogs, the last message that is counted in these facts: what is said later can be added to them.';

drop function stats._apply(stats.facts);
drop function stats._replace(stats.facts);
drop function stats._add_to_sums(stats.facts);
drop function stats._add_to_times(stats.facts);
drop function stats._sums_of(bigint, timestamptz, timestamptz, stats.facts, stats.grain[], api.dimension[], bigint[], bigint[], bigint[]);
drop function stats._times_of(bigint, timestamptz, timestamptz, stats.facts);
drop function stats.measurements(bigint, timestamptz, timestamptz, stats.facts, api.metric[], bigint[], bigint[], bigint[]);
drop function stats._handled(bigint, timestamptz, timestamptz, bigint[], bigint[], bigint[]);
drop function stats._with_neighbours(bigint[]);
drop function stats._stale_dialogs(bigint);
drop function stats._rating_of(bigint, bigint, text, bigint);
drop function stats._wrapup_of(bigint, bigint, text, bigint);
create type stats.named_dialog as (account_id bigint, dialog_id bigint, chat_guid text, as_number bigint);
comment on type stats.named_dialog is
  'A dialog, and how ratings and wrap-ups may name it: by the guid of the chat that came as an event, by its own id if its account puts events.';
alter type stats.facts add attribute goes_on bigint[];
comment on column stats.facts.goes_on is
  'Those of the dialogs that go on from their stored facts: of these, only turns, ownerships and counts that have changed are here.';
create type stats.changes as (added stats.facts, removed stats.facts);
comment on type stats.changes is 'Facts that are new, and the stored ones in whose place they are, or that are no longer true.';

--! Included stats/index.sql
-- Statistics. What clients write only notes which dialogs it concerns (stale). The facts of a dialog are computed from its rows:
-- all of them, or, if nothing happened but that more was said, from those that came after what is stored. The sums hold what the
-- stored facts say; what stale dialogs change in them is pending: readers add it, a worker applies it for good.

-- Words
--! Included stats/current_account.sql
-- Whoever has SQL can set parley.account_id. So the setting chooses among the accounts of the role that reads; only behind
-- GraphQL, whose logins are members of parley_web and whose tokens are checked, it is believed.
-- In plpgsql, which looks at roles without a query: every request asks several times.
create or replace function stats.current_account() returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chosen constant bigint := nullif(current_setting('parley.account_id', true), '');
begin
  if pg_has_role(session_user, 'parley_web', 'member') then
    return v_chosen;
  end if;
  return (
    select min(a.account_id) from stats.analysts a
    where (a.account_id = v_chosen or v_chosen is null)
      and exists (select from pg_roles r where r.rolname = a.role_name and pg_has_role(session_user, r.oid, 'member'))
  );
end $$;

comment on function stats.current_account() is
  'The account that this session reads; null: none. Behind GraphQL that of the token; for a login with SQL the one in stats.analysts, '
  'or, if it has several, the one that `set parley.account_id` chooses among them, else the first.';
--! EndIncluded stats/current_account.sql
--! Included stats/check_window.sql
create or replace function stats.check_window(since timestamptz, until timestamptz) returns void
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if (since < until) is not true then
    raise exception using
      errcode = 'PA052',
      message = format('nothing is from %s until %s', coalesce(since::text, 'null'), coalesce(until::text, 'null')),
      hint = 'Give both, since before until.';
  end if;
  -- No time that a report adds to theirs is out of range.
  if since < '1900-01-01 00:00+00' or until > '10000-01-01 00:00+00' then
    raise exception using
      errcode = 'PA053',
      message = format('the time from %s until %s is not between the years 1900 and 10000', since, until),
      hint = 'Ask for a time in which something may have happened.';
  end if;
  if until > since + interval '20 years' then
    raise exception using
      errcode = 'PA053',
      message = format('the time from %s until %s is longer than 20 years', since, until),
      hint = 'Ask for less at a time.';
  end if;
  if date_bin('15 minutes', since, 'epoch') <> since or date_bin('15 minutes', until, 'epoch') <> until then
    raise exception using
      errcode = 'PA051',
      message = format('the time from %s until %s does not begin and end on a full quarter of an hour', since, until),
      hint = 'Statistics are summed per quarter of an hour: give :00, :15, :30 or :45.';
  end if;
end $$;

comment on function stats.check_window(timestamptz, timestamptz) is
  'Refuses windows that are empty or missing a bound (PA052), longer than 20 years or absurd (PA053), or not on full quarters of an hour (PA051).';
--! EndIncluded stats/check_window.sql
--! Included stats/check_within.sql
create or replace function stats.check_within(within interval) returns void
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- 20 years, as windows; in days, since years are compared with intervals as if they had 360.
  if (within between interval '0' and interval '7305 days') is not true then
    raise exception using
      errcode = 'PA055',
      message = format('%s is no time within which something may happen', coalesce(within::text, 'null')),
      hint = 'Give a time from 0 to 20 years.';
  end if;
end $$;

comment on function stats.check_within(interval) is 'Refuses limits that are missing, negative or absurd (PA055).';
--! EndIncluded stats/check_within.sql
--! Included stats/_name_distance.sql
create or replace function stats._name_distance(a text, b text) returns double precision
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select 1 - count(*) filter (where pairs.of_a and pairs.of_b)::double precision / nullif(count(*), 0)
  from (
    select bool_or(parts.is_a) as of_a, bool_or(not parts.is_a) as of_b
    from (values (true, lower(a)), (false, lower(b))) parts (is_a, name), generate_series(1, length(parts.name) - 1) i
    group by substr(parts.name, i, 2)
  ) pairs
$$;

comment on function stats._name_distance(text, text) is
  'From 0 to 1: the share of pairs of neighbouring letters that the names do not have in common. Null: too short to tell.';
--! EndIncluded stats/_name_distance.sql
--! Included stats/check_zone.sql
create or replace function stats.check_zone(time_zone text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_near text;
begin
  -- Asking for the offset is quick but also takes POSIX rules, in which a digit is; the view of all zones takes 20 ms.
  if time_zone = 'UTC' then
    return;
  elsif time_zone ~ '^[A-Za-z_-]+(/[A-Za-z_-]+)+$' then
    begin
      perform timezone(time_zone, now());
      return;
    exception when invalid_parameter_value then null;
    end;
  elsif exists (select from pg_timezone_names z where z.name = time_zone) then
    return;
  end if;

  select string_agg(near.name, ', ' order by near.distance, near.name) into v_near
  from (
    select z.name, stats._name_distance(z.name, time_zone) as distance
    from pg_timezone_names z
    -- No name is half as long, and comparing takes time with each letter.
    where z.name !~ '^(posix|right)/' and length(time_zone) <= 64
    order by distance, z.name
    limit 3
  ) near
  where near.distance < 0.6;
  raise exception using
    errcode = 'PA050',
    message = format('there is no time zone %s', coalesce(quote_literal(left(time_zone, 64)), 'null')),
    hint = coalesce(
      'Did you mean ' || v_near || '?',
      'Give a name of the IANA time zone database, such as Europe/Berlin: select name from pg_timezone_names.'
    );
end $$;

comment on function stats.check_zone(text) is
  'Refuses what is no name of a time zone (PA050), abbreviations and POSIX rules among it: they know no history. The hint names similar zones.';
--! EndIncluded stats/check_zone.sql
--! Included stats/_ms.sql
-- No set search_path, so that it is inlined.
create or replace function stats._ms(elapsed interval) returns bigint
language sql immutable parallel safe
return extract(epoch from elapsed) * 1000;

comment on function stats._ms(interval) is 'A time in whole milliseconds, rounded: what statistics sum.';
--! EndIncluded stats/_ms.sql
--! Included stats/_slot.sql
-- No set search_path, so that it is inlined.
create or replace function stats._slot(at timestamptz) returns timestamptz
language sql immutable parallel safe
return date_bin('15 minutes', at, '2000-01-01 00:00+00');

comment on function stats._slot(timestamptz) is 'The quarter of an hour that a moment lies in.';
--! EndIncluded stats/_slot.sql
--! Included stats/_day.sql
-- No set search_path, so that it is inlined. Where clocks are put back shortly after midnight, the date runs back with them;
-- a day here is what lies between its midnight and the next one, in one piece.
create or replace function stats._day(slot timestamptz, time_zone text) returns date
language sql stable parallel safe
return (slot at time zone time_zone)::date
  - (slot < (slot at time zone time_zone)::date::timestamp at time zone time_zone)::integer;

comment on function stats._day(timestamptz, text) is 'The day that a quarter of an hour belongs to in a time zone.';
--! EndIncluded stats/_day.sql
--! Included stats/_first_slot.sql
-- No set search_path, so that it is inlined. Rounded up: zones of long ago have odd offsets.
create or replace function stats._first_slot(day date, time_zone text) returns timestamptz
language sql stable parallel safe
return stats._slot(day::timestamp at time zone time_zone + interval '14 minutes 59.999999 seconds');

comment on function stats._first_slot(date, text) is 'The first quarter of an hour of a day in a time zone: see stats._day.';
--! EndIncluded stats/_first_slot.sql
--! Included stats/sum.sql
create or replace aggregate stats.sum(bigint) (sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe);

comment on aggregate stats.sum(bigint) is
  'As sum(), but a bigint: sum() adds bigints up as numeric, which makes reports of many rows and columns take twice as long.';
--! EndIncluded stats/sum.sql
--! Included stats/_bucket.sql
-- No set search_path, so that it is inlined.
create or replace function stats._bucket(ms bigint) returns smallint
language sql immutable parallel safe
return floor(ln(greatest(ms, 1)::double precision) / ln(1.1::double precision))::smallint;

comment on function stats._bucket(bigint) is 'The bucket of api.histogram that a time falls into: each is a tenth longer than the one before.';
--! EndIncluded stats/_bucket.sql
--! Included stats/_has_times.sql
-- No set search_path, so that it is inlined.
create or replace function stats._has_times(metric api.metric) returns boolean
language sql immutable parallel safe
return metric in ('handed_off', 'queue_wait', 'first_response', 'first_response_human', 'first_response_agent', 'reply_time',
  'resolution', 'active_resolution', 'bot_time', 'snoozed_time', 'assigned_to_resolved', 'customer_waiting',
  'handle_time', 'dialogs_handled');

comment on function stats._has_times(api.metric) is
  'Whether each measurement of the metric is one time in milliseconds, so that it has percentiles, and a histogram.';
--! EndIncluded stats/_has_times.sql
--! Included stats/_dimensions.sql
-- No set search_path, so that it is inlined. No `values`: its expressions would be prepared anew for each row.
create or replace function stats._dimensions(agent_id bigint, team_id bigint, inbox_id bigint)
returns table (dim api.dimension, dim_id bigint)
language sql immutable parallel safe
as $$
  select 'account'::api.dimension, 0::bigint
  union all select 'agent', agent_id
  union all select 'team', team_id
  union all select 'inbox', inbox_id
$$;

comment on function stats._dimensions(bigint, bigint, bigint) is 'The sums that a measurement counts in.';
--! EndIncluded stats/_dimensions.sql
--! Included stats/_settings.sql
create or replace function stats._settings(account_id bigint) returns stats.settings
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.* from stats.settings s where s.account_id = _settings.account_id
  union all
  select _settings.account_id, 'UTC', '7 days', '10 seconds', 4, '{1}', null
  limit 1
$$;

comment on function stats._settings(bigint) is 'How an account counts: its row in stats.settings, or the defaults.';
--! EndIncluded stats/_settings.sql

-- Business hours
--! Included stats/refuse_unknown_zone.sql
create or replace function stats.refuse_unknown_zone() returns trigger
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform stats.check_zone(new.time_zone);
  return new;
end $$;

comment on function stats.refuse_unknown_zone() is 'Raises PA050.';
--! EndIncluded stats/refuse_unknown_zone.sql
--! Included stats/_open_time.sql
create or replace function stats._open_time(account_id bigint, inbox_id bigint, horizon date) returns tstzmultirange
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
  with calendars as (
    select c.*, lead(c.valid_from, 1, horizon) over (order by c.valid_from) as valid_until
    from stats.calendars c
    where c.account_id = _open_time.account_id
      and (
        c.inbox_id = _open_time.inbox_id
        -- Before the inbox's first own one those of the account hold.
        or c.inbox_id is null and (
          _open_time.inbox_id = 0
          or c.valid_from < (
            select min(own.valid_from) from stats.calendars own
            where own.account_id = _open_time.account_id and own.inbox_id = _open_time.inbox_id
          )
        )
      )
  ),
  -- A series of dates would be one of timestamptz, and shift with the clock of the session.
  days as (
    select c.*, d.day::date as day
    from calendars c, generate_series(c.valid_from::timestamp, c.valid_until - interval '1 day', interval '1 day') d (day)
  ),
  shifts as (
    select d.day, d.time_zone, w.opens, w.closes
    from days d
    join stats.calendar_hours w on w.calendar_id = d.id and w.isodow = extract(isodow from d.day)
    where not exists (
      select from stats.calendar_holidays h
      where h.account_id = d.account_id and h.inbox_id is not distinct from d.inbox_id and h.day = d.day
    )
    union all
    select d.day, d.time_zone, h.opens, h.closes
    from days d
    join stats.calendar_holidays h
      on h.account_id = d.account_id and h.inbox_id is not distinct from d.inbox_id and h.day = d.day and h.opens is not null
  ),
  spans (opens, closes) as (
    select '-infinity', min(c.valid_from::timestamp at time zone c.time_zone) from calendars c
    union all
    select (s.day + s.opens) at time zone s.time_zone,
      (s.day + s.closes + case when s.closes <= s.opens then interval '1 day' else interval '0' end) at time zone s.time_zone
    from shifts s
  )
  -- Hours that the clock skips may end before they begin.
  select range_agg(tstzrange(s.opens, s.closes)) from spans s where s.opens < s.closes
$$;

comment on function stats._open_time(bigint, bigint, date) is
  'What the calendars of an inbox (0: of the account) leave open on days before the horizon, and the time before the first '
  'calendar. Null: it has none.';
--! EndIncluded stats/_open_time.sql
--! Included stats/_open_spans.sql
create or replace function stats._open_spans(account_id bigint, inbox_id bigint) returns tstzmultirange
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select range_agg(tstzrange(s.opens, s.closes)) from stats.open_spans s
  where s.account_id = _open_spans.account_id and s.inbox_id = _open_spans.inbox_id
$$;

comment on function stats._open_spans(bigint, bigint) is 'stats.open_spans of the calendars of an inbox (0: of the account). Null: it has none.';
--! EndIncluded stats/_open_spans.sql
--! Included stats/_effective_spans.sql
create or replace function stats._effective_spans(account_id bigint, inbox_id bigint) returns tstzmultirange
language sql stable
set search_path = pg_catalog, pg_temp
return coalesce(
  stats._open_spans(account_id, inbox_id),
  stats._open_spans(account_id, 0),
  '{[-infinity,infinity)}'
);

comment on function stats._effective_spans(bigint, bigint) is
  'When an inbox (0: one without calendars of its own) is open, by the same rule as stats.business_ms().';
--! EndIncluded stats/_effective_spans.sql
--! Included stats/_follow_calendars.sql
create or replace function stats._follow_calendars(account_id bigint, inbox_ids bigint[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_horizon date := broker.now() + interval '3 years';
  v_inbox_id bigint;
  v_open tstzmultirange;
  v_stored tstzmultirange;
  v_differs_from timestamptz;
  v_before tstzmultirange;
  v_after tstzmultirange;
  v_changed tstzmultirange := '{}';
begin
  -- Changes of an account's calendars wait for each other.
  perform from chat.accounts a where a.id = account_id for no key update;

  for v_inbox_id in
    select unnest(inbox_ids)
    union
    -- Calendars of the account hold in its inboxes until the day of their own first one.
    select c.inbox_id from stats.calendars c
    where c.account_id = _follow_calendars.account_id and c.inbox_id is not null and 0 = any (inbox_ids)
  loop
    v_open := coalesce(stats._open_time(account_id, v_inbox_id, v_horizon), '{}');
    v_stored := coalesce(stats._open_spans(account_id, v_inbox_id), '{}');
    v_differs_from := lower((v_open - v_stored) + (v_stored - v_open));
    continue when v_differs_from is null;

    v_before := stats._effective_spans(account_id, v_inbox_id);
    -- The spans before are the same, and so is the open time until then.
    delete from stats.open_spans s
    where s.account_id = _follow_calendars.account_id and s.inbox_id = v_inbox_id and s.closes >= v_differs_from;
    insert into stats.open_spans (account_id, inbox_id, opens, closes, open_time)
    select _follow_calendars.account_id, v_inbox_id, o.opens, o.closes, o.open_time
    from (
      select lower(u.span) as opens, upper(u.span) as closes,
        coalesce(
          sum(upper(u.span) - lower(u.span)) filter (where lower(u.span) > '-infinity') over (order by u.span), interval '0'
        ) as open_time
      from unnest(v_open) u (span)
    ) o
    where o.closes >= v_differs_from;
    v_after := stats._effective_spans(account_id, v_inbox_id);
    v_changed := v_changed + (v_before - v_after) + (v_after - v_before);
  end loop;

  if lower(v_changed) < broker.now() then
    insert into stats.rebuilds (account_id, since, until) values (account_id, lower(v_changed), upper(v_changed));
  end if;
end $$;

comment on function stats._follow_calendars(bigint, bigint[]) is
  'Brings stats.open_spans of these inboxes (0: those without calendars of their own) up to date, 3 years ahead, and has '
  'the time that opened or closed by it computed anew.';
--! EndIncluded stats/_follow_calendars.sql
--! Included stats/follow_calendars.sql
create or replace function stats.follow_calendars() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op <> 'DELETE' then
    perform stats._follow_calendars(r.account_id, array_agg(distinct coalesce(r.inbox_id, 0))) from new_rows r group by r.account_id;
  end if;
  if tg_op <> 'INSERT' then
    perform stats._follow_calendars(r.account_id, array_agg(distinct coalesce(r.inbox_id, 0))) from old_rows r group by r.account_id;
  end if;
  return null;
end $$;

comment on function stats.follow_calendars() is 'Keeps stats.open_spans when calendars or holidays change.';
--! EndIncluded stats/follow_calendars.sql
--! Included stats/follow_calendar_hours.sql
create or replace function stats.follow_calendar_hours() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_calendar_ids bigint[] := '{}';
begin
  if tg_op <> 'DELETE' then
    v_calendar_ids := v_calendar_ids || array(select r.calendar_id from new_rows r);
  end if;
  if tg_op <> 'INSERT' then
    v_calendar_ids := v_calendar_ids || array(select r.calendar_id from old_rows r);
  end if;
  perform stats._follow_calendars(c.account_id, array_agg(distinct coalesce(c.inbox_id, 0)))
  from stats.calendars c
  where c.id = any (v_calendar_ids)
  group by c.account_id;
  return null;
end $$;

comment on function stats.follow_calendar_hours() is
  'Keeps stats.open_spans when hours change. Those that go with their calendar are the calendar''s own trigger''s.';
--! EndIncluded stats/follow_calendar_hours.sql
--! Included stats/extend_calendars.sql
create or replace function stats.extend_calendars() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform stats._follow_calendars(ends.account_id, array_agg(coalesce(ends.inbox_id, 0)))
  from (
    select distinct on (c.account_id, c.inbox_id) c.id, c.account_id, c.inbox_id
    from stats.calendars c
    order by c.account_id, c.inbox_id, c.valid_from desc
  ) ends
  where (
      select s.closes from stats.open_spans s
      where s.account_id = ends.account_id and s.inbox_id = coalesce(ends.inbox_id, 0)
      order by s.opens desc
      limit 1
    ) < broker.now() + interval '2 years'
    -- What is closed for good needs no spans.
    and exists (select from stats.calendar_hours h where h.calendar_id = ends.id)
  group by ends.account_id;
end $$;

comment on function stats.extend_calendars() is 'Keeps stats.open_spans 2 to 3 years ahead; a worker calls it.';
--! EndIncluded stats/extend_calendars.sql
--! Included stats/business_ms.sql
create or replace function stats.business_ms(account_id bigint, inbox_id bigint, since timestamptz, until timestamptz) returns bigint
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
  v_inbox_id bigint := coalesce(inbox_id, 0);
  -- The spans that have opened last; open_time - greatest(closes - at, '0') is the open time until then.
  v_until stats.open_spans;
  v_since stats.open_spans;
begin
  if until <= since then
    return 0;
  end if;
  loop
    select * into v_until
    from stats.open_spans s
    where s.account_id = business_ms.account_id and s.inbox_id = v_inbox_id and s.opens <= until
    order by s.opens desc
    limit 1;
    exit when found or v_inbox_id = 0;
    v_inbox_id := 0;
  end loop;
  if v_until.opens is null then
    return stats._ms(until - since);
  elsif v_until.opens <= since then
    v_since := v_until;
  else
    select * into v_since
    from stats.open_spans s
    where s.account_id = business_ms.account_id and s.inbox_id = v_inbox_id and s.opens <= since
    order by s.opens desc
    limit 1;
  end if;
  return stats._ms(
    v_until.open_time - greatest(v_until.closes - until, interval '0')
    - v_since.open_time + greatest(v_since.closes - since, interval '0')
  );
end $$;

comment on function stats.business_ms(bigint, bigint, timestamptz, timestamptz) is
  'Milliseconds from since until until within the business hours of an inbox (null: one without calendars of its own). '
  'All of them if there is no calendar, or before the first one.';
--! EndIncluded stats/business_ms.sql
--! Included stats/_business_ms.sql
-- No set search_path, so that it is inlined: without calendars nothing is looked up for every time that is measured.
create or replace function stats._business_ms(has_calendars boolean, account_id bigint, inbox_id bigint, since timestamptz,
  until timestamptz) returns bigint
language sql stable parallel safe
return case
  when has_calendars then stats.business_ms(account_id, inbox_id, since, until)
  else stats._ms(until - since)
end;

comment on function stats._business_ms(boolean, bigint, bigint, timestamptz, timestamptz) is
  'As stats.business_ms(), for a caller that knows whether the account has calendars.';
--! EndIncluded stats/_business_ms.sql
--! Included stats/_week_hours.sql
create or replace function stats._week_hours(hours text) returns table (isodow smallint, opens time, closes time)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_days constant text[] := array['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'];
  c_day constant text := '(?:Mo|Tu|We|Th|Fr|Sa|Su)';
  c_time constant text := '(?:[01]?\d|2[0-3]):[0-5]\d\s*-\s*(?:(?:[01]?\d|2[0-3]):[0-5]\d|24:00)';
  v_rule text;
  v_match text[];
begin
  if hours ~* '^\s*24/7\s*$' then
    hours := 'Mo-Su 00:00-24:00';
  end if;
  foreach v_rule in array regexp_split_to_array(trim(hours), '\s*;\s*') loop
    continue when v_rule = '';
    v_match := regexp_match(
      v_rule, format('^(%1$s(?:-%1$s)?(?:\s*,\s*%1$s(?:-%1$s)?)*)\s+(%2$s(?:\s*,\s*%2$s)*)$', c_day, c_time), 'i'
    );
    if v_match is null then
      raise exception using
        errcode = 'PA054',
        message = format('business hours cannot be read: %s', quote_literal(v_rule)),
        hint = 'Write them like ''Mo-Fr 09:00-12:30, 13:30-18:00; Sa 10:00-14:00; Su 22:00-06:00'', or ''24/7''.';
    end if;
    return query
      select (1 + (d.first + i) % 7)::smallint, split_part(t.range, '-', 1)::time, split_part(t.range, '-', 2)::time
      from (
        select array_position(c_days, lower(left(part, 2))) - 1 as first, array_position(c_days, lower(right(part, 2))) - 1 as last
        from regexp_split_to_table(v_match[1], '\s*,\s*') part
      ) d
      cross join lateral generate_series(0, (d.last - d.first + 7) % 7) i
      cross join regexp_split_to_table(v_match[2], '\s*,\s*') t (range);
  end loop;
end $$;

comment on function stats._week_hours(text) is
  'Reads hours as OpenStreetMap writes them, such as Mo-Fr 09:00-18:00; Sa 10:00-14:00. PA054: cannot.';
--! EndIncluded stats/_week_hours.sql
--! Included stats/set_calendar.sql
create or replace function stats.set_calendar(
  account_id bigint, hours text, time_zone text, valid_from date default null, inbox_id bigint default null
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform stats.check_zone(time_zone);
  valid_from := coalesce(valid_from, broker.now() at time zone time_zone);
  delete from stats.calendars c
  where c.account_id = set_calendar.account_id
    and c.inbox_id is not distinct from set_calendar.inbox_id
    and c.valid_from = set_calendar.valid_from;
  -- One statement: what changes is found once.
  with calendar as (
    insert into stats.calendars (account_id, inbox_id, valid_from, time_zone)
    values (set_calendar.account_id, set_calendar.inbox_id, set_calendar.valid_from, set_calendar.time_zone)
    returning id
  ), week as (
    insert into stats.calendar_hours (calendar_id, isodow, opens, closes)
    select c.id, w.isodow, w.opens, w.closes from calendar c, stats._week_hours(hours) w
  )
  select c.id into v_id from calendar c;
  return v_id;
exception when exclusion_violation or unique_violation then
  raise exception using
    errcode = 'PA054',
    message = format('business hours overlap: %s', quote_literal(hours)),
    hint = 'Name each moment of the week once. Hours that close before they open last until the next day.';
end $$;

comment on function stats.set_calendar(bigint, text, text, date, bigint) is
  'Sets the hours that an account, or one of its inboxes, works from a day on (null: today), until a later calendar; returns the '
  'calendar''s id. hours: Mo-Fr 09:00-12:30, 13:30-18:00; Sa 10:00-14:00; or 24/7; or nothing: closed.';
--! EndIncluded stats/set_calendar.sql
--! Included stats/calendar_triggers.sql
-- Time zones are names that the server knows.
create or replace trigger _100_refuse_unknown_zone before insert or update of time_zone on stats.calendars
  for each row execute function stats.refuse_unknown_zone();
comment on trigger _100_refuse_unknown_zone on stats.calendars is 'The list of zones is no table that a foreign key could refer to.';
create or replace trigger _100_refuse_unknown_zone before insert or update of time_zone on stats.settings
  for each row execute function stats.refuse_unknown_zone();
comment on trigger _100_refuse_unknown_zone on stats.settings is 'The list of zones is no table that a foreign key could refer to.';

-- Changes of calendars, whole statements at a time.
create or replace trigger _200_follow_insert after insert on stats.calendars
  referencing new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_insert on stats.calendars is 'stats.open_spans';
create or replace trigger _200_follow_update after update on stats.calendars
  referencing old table as old_rows new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_update on stats.calendars is 'stats.open_spans';
create or replace trigger _200_follow_delete after delete on stats.calendars
  referencing old table as old_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_delete on stats.calendars is 'stats.open_spans';
create or replace trigger _200_follow_insert after insert on stats.calendar_holidays
  referencing new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_insert on stats.calendar_holidays is 'stats.open_spans';
create or replace trigger _200_follow_update after update on stats.calendar_holidays
  referencing old table as old_rows new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_update on stats.calendar_holidays is 'stats.open_spans';
create or replace trigger _200_follow_delete after delete on stats.calendar_holidays
  referencing old table as old_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_delete on stats.calendar_holidays is 'stats.open_spans';
create or replace trigger _200_follow_insert after insert on stats.calendar_hours
  referencing new table as new_rows
  for each statement execute function stats.follow_calendar_hours();
comment on trigger _200_follow_insert on stats.calendar_hours is 'stats.open_spans';
create or replace trigger _200_follow_update after update on stats.calendar_hours
  referencing old table as old_rows new table as new_rows
  for each statement execute function stats.follow_calendar_hours();
comment on trigger _200_follow_update on stats.calendar_hours is 'stats.open_spans';
create or replace trigger _200_follow_delete after delete on stats.calendar_hours
  referencing old table as old_rows
  for each statement execute function stats.follow_calendar_hours();
comment on trigger _200_follow_delete on stats.calendar_hours is 'stats.open_spans';
--! EndIncluded stats/calendar_triggers.sql

-- What has changed
--! Included stats/mark_said.sql
-- Activities (message_type 2) are not counted.
create or replace function stats.mark_said() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id, since)
  select c.account_id, c.dialog_id, min(c.created_at)
  from changed c
  where c.dialog_id is not null and c.message_type <> 2
  group by c.account_id, c.dialog_id;
  return null;
end $$;

comment on function stats.mark_said() is 'Notes in which dialogs more was said, and since when, once a statement and dialog.';
--! EndIncluded stats/mark_said.sql
--! Included stats/mark_rows.sql
create or replace function stats.mark_rows() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select distinct c.account_id, c.dialog_id from changed c where c.dialog_id is not null;
  return null;
end $$;

comment on function stats.mark_rows() is 'Notes whose dialogs rows were inserted or deleted, once a statement and dialog.';
--! EndIncluded stats/mark_rows.sql
--! Included stats/mark_happened.sql
create or replace function stats.mark_happened() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select distinct c.account_id, c.dialog_id from changed c
  where c.dialog_id is not null and c.name in ('conversation_pending', 'conversation_open', 'conversation_snoozed',
    'conversation_resolved', 'conversation_assigned');
  return null;
end $$;

comment on function stats.mark_happened() is 'Notes in whose dialogs something happened that statistics count, once a statement and dialog.';
--! EndIncluded stats/mark_happened.sql
--! Included stats/mark_row.sql
create or replace function stats.mark_row() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select distinct c.account_id, c.dialog_id
  from (values (old.account_id, old.dialog_id), (new.account_id, new.dialog_id)) c (account_id, dialog_id)
  where c.dialog_id is not null;
  return null;
end $$;

comment on function stats.mark_row() is 'Notes whose a row was and is, if something changed that statistics count.';
--! EndIncluded stats/mark_row.sql
--! Included stats/mark_dialog.sql
create or replace function stats.mark_dialog() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id) values (old.account_id, old.id);
  return null;
end $$;

comment on function stats.mark_dialog() is 'Notes a dialog whose own row changed in a way that no event tells.';
--! EndIncluded stats/mark_dialog.sql
--! Included stats/mark_dialogs.sql
create or replace function stats.mark_dialogs() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id) select c.account_id, c.id from changed c;
  return null;
end $$;

comment on function stats.mark_dialogs() is 'Notes dialogs that are gone.';
--! EndIncluded stats/mark_dialogs.sql
--! Included stats/mark_submitted.sql
-- Neither a chat nor what was submitted about it is looked for: the transaction that stores it may not have ended yet.
create or replace function stats.mark_submitted() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' then
    insert into stats.submitted (account_id, chat_guid, chat_number)
    select (r.changed ->> 'account_id')::bigint, r.changed ->> 'chat_guid', (r.changed ->> 'chat_number')::integer
    from (select to_jsonb(f) from former f union all select to_jsonb(c) from changed c) r (changed)
    group by 1, 2, 3;
  else
    insert into stats.submitted (account_id, chat_guid, chat_number)
    select (r.changed ->> 'account_id')::bigint, r.changed ->> 'chat_guid', (r.changed ->> 'chat_number')::integer
    from (select to_jsonb(c) from changed c) r (changed)
    group by 1, 2, 3;
  end if;
  return null;
end $$;

comment on function stats.mark_submitted() is
  'Notes which chats came or went, and about which ratings, wrap-ups or numbers were and are, once a statement and chat.';
--! EndIncluded stats/mark_submitted.sql
--! Included stats/mark_puts.sql
create or replace function stats.mark_puts() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select d.account_id, d.id
  from (
    select case when r.chat_guid is null then r.chat_number when r.chat_guid ~ '^\d{1,18}$' then r.chat_guid::bigint end
    from chat.ratings r where r.account_id = new.id
    union
    select w.chat_number from chat.wrapups w where w.account_id = new.id
  ) s (dialog_id)
  join chat.dialogs d on d.account_id = new.id and d.id = s.dialog_id;
  return null;
end $$;

comment on function stats.mark_puts() is
  'Notes dialogs that have been rated or wrapped up by number when their account begins, or ceases, to put events: chat.chat_ratings '
  'takes the number for the dialog''s then.';
--! EndIncluded stats/mark_puts.sql
--! Included stats/mark_all.sql
create or replace function stats.mark_all() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_table_name = 'dialogs' then
    truncate stats.dialogs, stats.turns, stats.ownerships, stats.message_counts, stats.sums, stats.times, stats.stale;
  else
    insert into stats.stale (account_id, dialog_id) select d.account_id, d.dialog_id from stats.dialogs d;
  end if;
  return null;
end $$;

comment on function stats.mark_all() is 'After TRUNCATE: without dialogs there is nothing to count; without what is in them all are counted anew.';
--! EndIncluded stats/mark_all.sql

-- Facts, and what they measure
--! Included stats/_chat_numbers_of.sql
-- No set search_path, so that it is inlined, as stats._ratings_of().
create or replace function stats._chat_numbers_of(account_id bigint, chat_guid text, dialog_id bigint) returns setof integer
language sql stable
as $$
  select n.chat_number from chat.chat_numbers n
  where n.account_id = _chat_numbers_of.account_id and n.chat_guid = _chat_numbers_of.chat_guid
  union
  -- Longer ones, or from 2,000,000,000 on, may be no numbers of 32 bits.
  select case when v.name ~ '^\d{1,9}$|^1\d{9}$' then v.name::integer end
  from (values (_chat_numbers_of.chat_guid), (_chat_numbers_of.dialog_id::text)) v (name)
$$;

comment on function stats._chat_numbers_of(bigint, text, bigint) is 'The numbers under which a chat, or a dialog that puts events, is known.';
--! EndIncluded stats/_chat_numbers_of.sql
--! Included stats/_ratings_of.sql
-- No set search_path, so that it is inlined: many dialogs are asked for at once.
-- An overflow would be an error: numbers have 32 bits, ids of dialogs 64.
create or replace function stats._ratings_of(account_id bigint, chat_guid text, dialog_id bigint) returns setof bigint
language sql stable
as $$
  select r.id from chat.ratings r
  where r.account_id = _ratings_of.account_id and r.chat_guid in (_ratings_of.chat_guid, _ratings_of.dialog_id::text)
  union
  select r.id from stats._chat_numbers_of(_ratings_of.account_id, _ratings_of.chat_guid, _ratings_of.dialog_id) n
  join chat.ratings r on r.account_id = _ratings_of.account_id and r.chat_number = n
$$;

comment on function stats._ratings_of(bigint, text, bigint) is
  'Ratings that may be about a chat that came as an event, or about a dialog that puts them; which they are, chat.chat_ratings says.';
--! EndIncluded stats/_ratings_of.sql
--! Included stats/_last_ratings.sql
-- A function of its own, with nested loops: stats._compute() forbids them, and would read all dialogs.
create or replace function stats._last_ratings(named stats.named_dialog[])
returns table (dialog_id bigint, rating integer, rated_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select distinct on (d.dialog_id) d.dialog_id, v.rating_grade, v.put_at
  from unnest(named) d
  cross join lateral stats._ratings_of(d.account_id, d.chat_guid, d.as_number) c (rating_id)
  cross join lateral (
    select f.* from chat.chat_ratings f where f.id = c.rating_id and f.dialog_id = d.dialog_id offset 0
  ) v
  order by d.dialog_id, v.put_at desc, v.event_id desc;
end $$;

comment on function stats._last_ratings(stats.named_dialog[]) is
  'The last rating of each dialog that has one: of those that could be about it, if chat.chat_ratings says that they are.';
--! EndIncluded stats/_last_ratings.sql
--! Included stats/_wrapups_of.sql
-- No set search_path, so that it is inlined: many dialogs are asked for at once.
create or replace function stats._wrapups_of(account_id bigint, chat_guid text, dialog_id bigint) returns setof bigint
language sql stable
as $$
  select w.id from stats._chat_numbers_of(_wrapups_of.account_id, _wrapups_of.chat_guid, _wrapups_of.dialog_id) n
  join chat.wrapups w on w.account_id = _wrapups_of.account_id and w.chat_number = n
$$;

comment on function stats._wrapups_of(bigint, text, bigint) is
  'Wrap-ups that may be about a chat that came as an event, or about a dialog that puts them; which they are, chat.chat_wrapups says.';
--! EndIncluded stats/_wrapups_of.sql
--! Included stats/_last_wrapups.sql
-- A function of its own for the reason of stats._last_ratings().
create or replace function stats._last_wrapups(named stats.named_dialog[])
returns table (dialog_id bigint, category_id integer, agent_id bigint, wrapped_up_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select distinct on (d.dialog_id) d.dialog_id, v.category_id, v.agent_id, v.submitted_at
  from unnest(named) d
  cross join lateral stats._wrapups_of(d.account_id, d.chat_guid, d.as_number) c (wrapup_id)
  cross join lateral (
    select f.* from chat.chat_wrapups f where f.id = c.wrapup_id and f.dialog_id = d.dialog_id offset 0
  ) v
  order by d.dialog_id, v.put_at desc, v.event_id desc;
end $$;

comment on function stats._last_wrapups(stats.named_dialog[]) is
  'The last wrap-up of each dialog that has one: of those that could be about it, if chat.chat_wrapups says that they are.';
--! EndIncluded stats/_last_wrapups.sql
--! Included stats/_compute.sql
-- Set-based: whatever the number of dialogs, each table is read once, a dialog's rows by a look-up. Joins of what was read
-- are hashed, never nested: planned without knowing how many dialogs are asked for, a nested loop may be quadratic.
-- A dialog lasts from its start to its resolution. What is said after that counts as messages, but changes nothing else;
-- what happened before it is told by the event that starts it.
-- An unresolved dialog in which nothing changed but that more was said, later than all before, goes on from its stored facts: only what
-- came since is read, and only what that changes is returned, however long it has become.
create or replace function stats._compute(stale stats.stale_dialog[]) returns stats.facts
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_nestloop = off
set enable_memoize = off
set jit = off
as $$
declare
  v_facts stats.facts;
begin
  with dialog as materialized (
    select d.id, d.account_id, d.conversation_id, d.inbox_id, d.contact_id, d.team_id, d.status, d.assignee_id,
      d.created_at as started_at, resolution.at as resolved_at, coalesce(resolution.at, 'infinity') as ends_at,
      previous.resolved_at as previous_resolved_at, next.started_at as reopened_at,
      chat.chat_guid, submitted.as_number, stored.facts as stored, stored.last_message_at is not null as goes_on,
      -- One that waits for its reply is taken up again.
      coalesce((stored.facts).turns - ((stored.facts).waiting_since is not null)::integer, 0) as turns_before,
      case
        when stored.last_message_at is not null then stored.last_message_at + interval '1 microsecond'
        -- What is older than the first dialog belongs to that, what is a millisecond older than a dialog to that one.
        when previous.id is null then '-infinity'
        else d.created_at - interval '1 millisecond'
      end as first_row_at,
      -- A transcript may go on after another chat has begun.
      case when chat.chat_guid is null then coalesce(next.started_at, 'infinity') else 'infinity' end as last_row_before
    from (select s.dialog_id, min(s.since) as since from unnest(stale) s group by s.dialog_id) asked
    cross join lateral (select f.* from chat.dialogs f where f.id = asked.dialog_id offset 0) d
    left join lateral (
      select f.id, case when f.status = 1 then f.updated_at end as resolved_at
      from chat.dialogs f
      where f.conversation_id = d.conversation_id and f.created_at < d.created_at
      order by f.created_at desc
      limit 1
    ) previous on true
    left join lateral (
      select f.created_at as started_at
      from chat.dialogs f
      where f.conversation_id = d.conversation_id and f.created_at > d.created_at
      order by f.created_at
      limit 1
    ) next on true
    left join lateral (
      select f.created_at as at
      from chat.events f
      where f.conversation_id = d.conversation_id and f.created_at >= d.created_at and f.created_at <= d.updated_at
        and f.name = 'conversation_resolved' and f.dialog_id = d.id and d.status = 1
      order by f.created_at
      limit 1
    ) resolution on true
    left join lateral (select f.chat_guid from chat.chats f where f.dialog_id = d.id offset 0) chat on true
    left join lateral (
      select d.id as as_number from chat.accounts f where f.id = d.account_id and f.puts_chat_events offset 0
    ) submitted on true
    left join lateral (
      select f as facts, f.last_message_at from stats.dialogs f
      where asked.since > '-infinity' and f.dialog_id = d.id and f.last_message_at < asked.since
      offset 0
    ) stored on true
  ),
  settings as materialized (
    select s.*, exists (select from stats.open_spans o where o.account_id = a.account_id) as has_calendars
    from (select distinct d.account_id from dialog d) a
    cross join lateral stats._settings(a.account_id) s
  ),

  -- Who had it in which state: an event tells both, until the next one. Of a dialog that goes on it is stored.
  happened as materialized (
    select h.*, coalesce(h.next_at, h.resolved_at) as until,
      -- The number of the last event that tells a status, and that status: an assignment leaves it as it is.
      max(h.n * 4 + h.new_status) over w & 3 as status,
      count(*) filter (where h.user_id is distinct from h.previous_user_id) over w as owner_n
    from (
      select d.id as dialog_id, d.resolved_at, e.user_id, e.created_at as at,
        case e.name
          when 'conversation_open' then 0 when 'conversation_resolved' then 1
          when 'conversation_pending' then 2 when 'conversation_snoozed' then 3
        end as new_status,
        row_number() over w as n, lag(e.user_id) over w as previous_user_id, lead(e.created_at) over w as next_at
      from dialog d
      cross join lateral (
        select f.id, f.name, f.user_id, f.created_at
        from chat.events f
        where f.conversation_id = d.conversation_id and f.dialog_id = d.id
          and f.created_at >= d.started_at and f.created_at <= d.ends_at
          and f.name in ('conversation_pending', 'conversation_open', 'conversation_snoozed', 'conversation_resolved',
            'conversation_assigned')
        offset 0
      ) e
      where not d.goes_on
      window w as (partition by d.id order by e.created_at, e.id)
    ) h
    window w as (partition by h.dialog_id order by h.n)
  ),
  course as (
    select h.dialog_id,
      min(h.at) filter (where h.new_status = 0) as first_open_at,
      min(h.at) filter (where h.user_id is not null) as first_assigned_at,
      max(h.at) filter (where h.new_status is not null) as status_since,
      (array_agg(h.user_id order by h.n) filter (where h.user_id is not null))[1] as first_assignee_id,
      stats._ms(sum(h.until - h.at) filter (where h.status = 2)) as bot_ms,
      stats._ms(sum(h.until - h.at) filter (where h.status = 0)) as open_ms,
      stats._ms(sum(h.until - h.at) filter (where h.status = 3)) as snoozed_ms
    from happened h
    group by h.dialog_id
    union all
    select d.id, s.first_open_at, s.first_assigned_at, s.status_since, s.first_assignee_id, s.bot_ms, s.open_ms, s.snoozed_ms
    from dialog d
    cross join lateral (select (d.stored).*) s
    where d.goes_on
  ),

  -- What was said, and by whom.
  said as materialized (
    select d.id as dialog_id, m.id, m.created_at as at, stats._slot(m.created_at) as slot,
      m.created_at <= d.ends_at as is_in_time, m.message_type, m.private as is_note, m.sender_type, m.assignee_id,
      case when m.sender_type = 'User' then coalesce(m.sender_id, m.assignee_id) end as agent_id,
      m.message_type = 0 and not m.private as is_customers,
      m.message_type = 1 and not m.private and m.sender_type = 'User' and not m.is_automatic as is_reply,
      not m.private and (m.message_type = 3 or m.message_type = 1 and m.sender_type = 'AgentBot') as is_bots
    from dialog d
    cross join lateral (
      select f.id, f.created_at, f.message_type, f.private, coalesce(f.sender_type, '') as sender_type, f.sender_id,
        (f.additional_attributes ->> 'user_id_assigned')::bigint as assignee_id,
        f.additional_attributes ? 'campaign_id' or f.content_attributes ? 'automation_rule_id' as is_automatic
      from chat.messages f
      where f.conversation_id = d.conversation_id and f.dialog_id = d.id
        and f.created_at >= d.first_row_at and f.created_at < d.last_row_before and f.message_type <> 2
      offset 0
    ) m
  ),
  talk as (
    select d.id as dialog_id,
      coalesce((d.stored).first_customer_message_at, s.first_customer_message_at) as first_customer_message_at,
      coalesce((d.stored).first_reply_at, s.first_reply_at) as first_reply_at,
      case when (d.stored).first_reply_at is not null then (d.stored).first_replier_id else s.first_replier_id end as first_replier_id,
      coalesce((d.stored).messages_received, 0) + coalesce(s.messages_received, 0) as messages_received,
      coalesce((d.stored).replies, 0) + coalesce(s.replies, 0) as replies,
      coalesce((d.stored).bot_messages, 0) + coalesce(s.bot_messages, 0) as bot_messages,
      coalesce(s.last_message_at, (d.stored).last_message_at) as last_message_at
    from dialog d
    left join (
      select s.dialog_id,
        min(s.at) filter (where s.is_in_time and s.is_customers) as first_customer_message_at,
        min(s.at) filter (where s.is_in_time and s.is_reply) as first_reply_at,
        (array_agg(s.agent_id order by s.at, s.id) filter (where s.is_in_time and s.is_reply))[1] as first_replier_id,
        count(*) filter (where s.is_in_time and s.is_customers) as messages_received,
        count(*) filter (where s.is_in_time and s.is_reply) as replies,
        count(*) filter (where s.is_in_time and s.is_bots) as bot_messages,
        max(s.at) as last_message_at
      from said s
      group by s.dialog_id
    ) s on s.dialog_id = d.id
  ),
  turn as (
    select t.dialog_id, row_number() over (partition by t.dialog_id order by t.replies_before) as n,
      t.agent_id, t.waiting_since, t.replied_at
    from (
      select s.dialog_id, s.replies_before, max(s.agent_id) filter (where s.is_reply) as agent_id,
        min(s.at) filter (where s.is_customers) as waiting_since, min(s.at) filter (where s.is_reply) as replied_at
      from (
        select s.dialog_id, s.at, s.agent_id, s.is_customers, s.is_reply,
          count(*) filter (where s.is_reply) over (partition by s.dialog_id order by s.at, s.id) - s.is_reply::integer as replies_before
        from (
          select s.dialog_id, s.at, s.id, s.agent_id, s.is_customers, s.is_reply
          from said s
          where s.is_in_time and (s.is_customers or s.is_reply)
          union all
          -- A turn that waits for its reply goes on.
          select d.id, (d.stored).waiting_since, null, null, true, false from dialog d where (d.stored).waiting_since is not null
        ) s
      ) s
      group by s.dialog_id, s.replies_before
      having bool_or(s.is_customers)
    ) t
  ),
  turns as materialized (
    select t.dialog_id, (d.turns_before + t.n)::integer as n, d.account_id, d.inbox_id, d.team_id, t.agent_id, t.waiting_since, t.replied_at,
      stats._ms(t.replied_at - t.waiting_since) as reply_ms,
      case when t.replied_at is not null then
        stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, t.waiting_since, t.replied_at)
      end as reply_business_ms
    from turn t
    join dialog d on d.id = t.dialog_id
    join settings s on s.account_id = d.account_id
  ),
  waits as (
    select d.id as dialog_id, d.turns_before + coalesce(t.turns, 0) as turns, t.waiting_since,
      coalesce((d.stored).customer_waiting_ms, 0) + coalesce(t.customer_waiting_ms, 0) as customer_waiting_ms
    from dialog d
    left join (
      select t.dialog_id, count(*) as turns, max(t.waiting_since) filter (where t.replied_at is null) as waiting_since,
        sum(coalesce(t.reply_ms, stats._ms(d.resolved_at - t.waiting_since))) as customer_waiting_ms
      from turns t
      join dialog d on d.id = t.dialog_id
      group by t.dialog_id
    ) t on t.dialog_id = d.id
  ),

  ownership as materialized (
    select h.dialog_id, row_number() over (partition by h.dialog_id order by h.owner_n) as n, h.user_id as agent_id,
      max(h.previous_user_id) filter (where h.user_id is distinct from h.previous_user_id) as previous_agent_id,
      min(h.at) as began_at, nullif(max(coalesce(h.until, 'infinity')), 'infinity') as ended_at,
      coalesce(range_agg(tstzrange(h.at, h.until)) filter (where h.status = 0), '{}') as handled,
      coalesce(stats._ms(sum(h.until - h.at) filter (where h.status = 0)), 0) as handle_ms
    from happened h
    where h.user_id is not null
    group by h.dialog_id, h.owner_n, h.user_id
    union all
    -- All that more may be said of.
    select o.dialog_id, o.n, o.agent_id, o.previous_agent_id, o.began_at, o.ended_at, o.handled, o.handle_ms
    from dialog d
    cross join lateral (
      select f.* from stats.ownerships f where d.goes_on and f.dialog_id = d.id and f.first_reply_at is null offset 0
    ) o
  ),
  own_reply as (
    select o.dialog_id, o.n, min(s.at) as first_reply_at
    from ownership o
    join said s on s.dialog_id = o.dialog_id and s.agent_id = o.agent_id
      and s.at >= o.began_at and s.at < coalesce(o.ended_at, 'infinity')
    where s.is_reply and s.is_in_time
    group by o.dialog_id, o.n
  ),
  ownerships as (
    select o.dialog_id, o.n::integer, d.account_id, d.inbox_id, d.team_id, o.agent_id, o.previous_agent_id, o.began_at, o.ended_at,
      r.first_reply_at, o.handled, o.handle_ms, d.resolved_at
    from ownership o
    join dialog d on d.id = o.dialog_id
    left join own_reply r on r.dialog_id = o.dialog_id and r.n = o.n
    where not d.goes_on or r.first_reply_at is not null
  ),
  owned as (
    select o.dialog_id, count(distinct o.agent_id) as agents, count(o.previous_agent_id) as transfers, sum(o.handle_ms) as handle_ms
    from ownerships o
    join dialog d on d.id = o.dialog_id
    where not d.goes_on
    group by o.dialog_id
    union all
    select d.id, s.agents, s.transfers, s.handle_ms
    from dialog d
    cross join lateral (select (d.stored).*) s
    where d.goes_on
  ),

  message_counts as (
    select c.dialog_id, c.slot, c.metric, c.agent_id, d.account_id, d.inbox_id, d.team_id, (c.n + coalesce(b.n, 0))::integer
    from (
      select s.dialog_id, s.slot, k.metric, coalesce(k.agent_id, 0) as agent_id, sum(k.n) as n
      from (
        select s.dialog_id, s.slot, s.assignee_id, s.agent_id, count(*) filter (where s.is_customers) as received,
          count(*) filter (where s.message_type = 1 and not s.is_note) as sent, count(*) filter (where s.is_reply) as replies,
          count(*) filter (where s.is_note) as notes
        from said s
        group by s.dialog_id, s.slot, s.assignee_id, s.agent_id
      ) s
      cross join lateral (
        select 'messages_received'::api.metric, s.assignee_id, s.received
        union all select 'messages_sent', s.assignee_id, s.sent
        union all select 'replies_sent', s.agent_id, s.replies
        union all select 'notes', s.agent_id, s.notes
      ) k (metric, agent_id, n)
      where k.n > 0
      group by s.dialog_id, s.slot, k.metric, coalesce(k.agent_id, 0)
      union all
      select d.id, stats._slot(m.mentioned_at), 'mentions', m.user_id, count(*)
      from dialog d
      cross join lateral (
        select f.user_id, f.mentioned_at from chat.mentions f
        where f.conversation_id = d.conversation_id and f.dialog_id = d.id
        offset 0
      ) m
      where not d.goes_on
      group by d.id, stats._slot(m.mentioned_at), m.user_id
    ) c
    join dialog d on d.id = c.dialog_id
    left join lateral (
      select f.n from stats.message_counts f
      where d.goes_on and f.dialog_id = c.dialog_id and f.slot = c.slot and f.metric = c.metric and f.agent_id = c.agent_id
      offset 0
    ) b on true
  ),

  -- Customers' verdicts and agents' wrap-ups.
  named as materialized (
    select array_agg(row(d.account_id, d.id, d.chat_guid, d.as_number)::stats.named_dialog) as dialogs
    from dialog d
    where d.chat_guid is not null or d.as_number is not null
  ),

  dialogs as (
    select d.id as dialog_id, d.account_id, d.conversation_id, d.inbox_id, d.contact_id, d.team_id, d.status, d.started_at,
      c.first_open_at, c.first_assigned_at, t.first_customer_message_at, t.first_reply_at, d.resolved_at,
      coalesce(c.status_since, d.started_at) as status_since,
      case when d.resolved_at is null then w.waiting_since end as waiting_since,
      c.first_assignee_id, t.first_replier_id, d.assignee_id,
      coalesce(c.bot_ms, 0) as bot_ms, coalesce(c.open_ms, 0) as open_ms, coalesce(c.snoozed_ms, 0) as snoozed_ms,
      w.customer_waiting_ms::bigint as customer_waiting_ms, coalesce(o.handle_ms, 0)::bigint as handle_ms,
      b.queue_wait_business_ms, b.first_response_business_ms, b.first_response_human_business_ms, b.resolution_business_ms,
      coalesce(o.agents, 0)::integer as agents, coalesce(o.transfers, 0)::integer as transfers,
      t.messages_received::integer as messages_received, t.replies::integer as replies, t.bot_messages::integer as bot_messages, w.turns::integer as turns,
      d.previous_resolved_at, d.reopened_at,
      f.is_reopened,
      d.resolved_at is not null and coalesce(o.agents = 1 and o.transfers = 0, false) and not f.is_reopened
        and coalesce(d.started_at - d.previous_resolved_at >= s.reopen_within, true) as is_first_contact_resolution,
      d.resolved_at is not null and coalesce(t.bot_messages > 0 and t.replies = 0, false) as is_bot_contained,
      f.is_abandoned,
      f.is_abandoned and d.resolved_at - c.first_open_at < s.short_abandon as is_short_abandoned,
      d.resolved_at is not null and w.waiting_since is not null as is_dropped,
      r.rating, r.rating >= s.satisfied_from as is_satisfied, r.rated_at,
      u.category_id as wrapup_category_id, u.agent_id as wrapup_agent_id, u.wrapped_up_at,
      case when d.resolved_at is null then t.last_message_at end as last_message_at
    from dialog d
    join settings s on s.account_id = d.account_id
    left join course c on c.dialog_id = d.id
    join talk t on t.dialog_id = d.id
    join waits w on w.dialog_id = d.id
    left join owned o on o.dialog_id = d.id
    left join (select r.* from named n cross join lateral stats._last_ratings(n.dialogs) r) r on r.dialog_id = d.id
    left join (select w.* from named n cross join lateral stats._last_wrapups(n.dialogs) w) u on u.dialog_id = d.id
    cross join lateral (
      select coalesce(d.reopened_at - d.resolved_at < s.reopen_within, false) as is_reopened,
        d.resolved_at is not null and c.first_open_at is not null and t.first_customer_message_at is not null
          and t.first_reply_at is null as is_abandoned
    ) f
    cross join lateral (
      select
        coalesce((d.stored).queue_wait_business_ms, case when c.first_open_at is not null and c.first_assigned_at is not null then
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, c.first_open_at, greatest(c.first_assigned_at, c.first_open_at))
        end) as queue_wait_business_ms,
        coalesce((d.stored).first_response_business_ms, case when t.first_reply_at is not null then
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, d.started_at, greatest(t.first_reply_at, d.started_at))
        end) as first_response_business_ms,
        coalesce((d.stored).first_response_human_business_ms, case when t.first_reply_at is not null and c.first_open_at is not null then
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, c.first_open_at, greatest(t.first_reply_at, c.first_open_at))
        end) as first_response_human_business_ms,
        case when d.resolved_at is not null then
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, d.started_at, d.resolved_at)
        end as resolution_business_ms
    ) b
  )
  select array(select s.dialog_id from unnest(stale) s),
    array(select row(r.*)::stats.dialogs from dialogs r),
    array(select row(r.*)::stats.turns from turns r),
    array(select row(r.*)::stats.ownerships from ownerships r),
    array(select row(r.*)::stats.message_counts from message_counts r),
    array(select d.id from dialog d where d.goes_on)
  into v_facts;
  return v_facts;
end $$;

comment on function stats._compute(stats.stale_dialog[]) is
  'The facts of dialogs, from the rows of schema chat: each metric''s raw material, defined once. stale are the ids that were asked '
  'for, those of dialogs that are gone included. Of dialogs that go on, only turns, ownerships and counts that have changed.';
--! EndIncluded stats/_compute.sql
--! Included stats/compute.sql
create or replace function stats.compute(dialog_ids bigint[]) returns stats.facts
language sql stable
set search_path = pg_catalog, pg_temp
return stats._compute(array(select row(d.id, '-infinity')::stats.stale_dialog from unnest(dialog_ids) d (id)));

comment on function stats.compute(bigint[]) is
  'The facts of dialogs, from all their rows of schema chat. stale are the ids that were asked for, those of dialogs that are gone included.';
--! EndIncluded stats/compute.sql
--! Included stats/_dialogs_named.sql
create or replace function stats._dialogs_named(account_id bigint, chat_guid text, chat_number integer) returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select c.dialog_id from chat.chats c
  where c.account_id = _dialogs_named.account_id
    and c.chat_guid in (_dialogs_named.chat_guid, _dialogs_named.chat_number::text)
  union
  select c.dialog_id from chat.chat_numbers n
  join chat.chats c on c.account_id = n.account_id and c.chat_guid = n.chat_guid
  where n.account_id = _dialogs_named.account_id and n.chat_number = _dialogs_named.chat_number
  union
  select d.id from chat.dialogs d
  where d.account_id = _dialogs_named.account_id and d.id in (
    _dialogs_named.chat_number,
    case when _dialogs_named.chat_guid ~ '^\d{1,18}$' then _dialogs_named.chat_guid::bigint end
  )
$$;

comment on function stats._dialogs_named(bigint, text, integer) is
  'Dialogs that something submitted under these names may be about; whether it is, chat.chat_ratings and chat.chat_wrapups say.';
--! EndIncluded stats/_dialogs_named.sql
--! Included stats/_dialogs_submitted_for.sql
-- A rating that names one chat by guid and another by number falls to the other when the first goes, and back when it comes.
create or replace function stats._dialogs_submitted_for(account_id bigint, chat_guid text, chat_number integer) returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select d
  from (
    select _dialogs_submitted_for.chat_guid, _dialogs_submitted_for.chat_number
    union
    select r.chat_guid, r.chat_number
    from stats._ratings_of(_dialogs_submitted_for.account_id, _dialogs_submitted_for.chat_guid, null) f (id)
    join chat.ratings r on r.id = f.id
    union
    select null, w.chat_number
    from stats._wrapups_of(_dialogs_submitted_for.account_id, _dialogs_submitted_for.chat_guid, null) f (id)
    join chat.wrapups w on w.id = f.id
  ) named
  cross join lateral stats._dialogs_named(_dialogs_submitted_for.account_id, named.chat_guid, named.chat_number) d
$$;

comment on function stats._dialogs_submitted_for(bigint, text, integer) is
  'Dialogs whose ratings and wrap-ups may be others when something is submitted for this chat, or the chat itself comes or goes.';
--! EndIncluded stats/_dialogs_submitted_for.sql
--! Included stats/_stale_dialogs.sql
create or replace function stats._stale_dialogs(account_id bigint) returns stats.stale_dialog[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  -- Mostly there are none, and every reader asks.
  if not exists (
      select from stats.stale s where s.account_id = _stale_dialogs.account_id and s.id >= (select h.id from stats.horizon h)
    ) and not exists (select from stats.submitted s where s.account_id = _stale_dialogs.account_id) then
    return '{}';
  end if;
  return array(
    select row(n.dialog_id, min(n.since))::stats.stale_dialog
    from (
      select s.dialog_id, s.since from stats.stale s
      where s.account_id = _stale_dialogs.account_id and s.id >= (select h.id from stats.horizon h)
      union all
      select d, '-infinity'
      from stats.submitted s
      cross join lateral stats._dialogs_submitted_for(s.account_id, s.chat_guid, s.chat_number) d
      where s.account_id = _stale_dialogs.account_id
    ) n
    group by n.dialog_id
  );
end $$;

comment on function stats._stale_dialogs(bigint) is 'Dialogs of an account that have changed and are not summed yet.';
--! EndIncluded stats/_stale_dialogs.sql
--! Included stats/_with_neighbours.sql
-- A dialog that comes, goes or moves changes what the ones next to it in the conversation say of it: reopened_at and
-- previous_resolved_at. Where it was is asked of its stored facts, too.
create or replace function stats._with_neighbours(stale stats.stale_dialog[]) returns stats.stale_dialog[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_memoize = off
set jit = off
as $$
begin
  return array(
    select a from unnest(stale) a
    union all
    select row(neighbour.id, '-infinity')::stats.stale_dialog
    from unnest(stale) a
    cross join lateral (
      select d.conversation_id, d.created_at as at from chat.dialogs d where d.id = a.dialog_id
      union
      select s.conversation_id, s.started_at from stats.dialogs s where s.dialog_id = a.dialog_id
      offset 0
    ) place
    cross join lateral (
      (
        select d.id, d.conversation_id, d.created_at from chat.dialogs d
        where d.conversation_id = place.conversation_id and d.created_at < place.at
        order by d.created_at desc
        limit 1
      )
      union all
      (
        select d.id, d.conversation_id, d.created_at from chat.dialogs d
        where d.conversation_id = place.conversation_id and d.created_at > place.at
        order by d.created_at
        limit 1
      )
      offset 0
    ) neighbour
    cross join lateral (
      select s.reopened_at, s.previous_resolved_at from stats.dialogs s where s.dialog_id = neighbour.id offset 0
    ) stored
    -- Asked for one by one: most agree, and a look is cheaper than computing them anew.
    where stored.reopened_at is distinct from (
        select d.created_at from chat.dialogs d
        where d.conversation_id = neighbour.conversation_id and d.created_at > neighbour.created_at
        order by d.created_at
        limit 1
      )
      or stored.previous_resolved_at is distinct from (
        select case when d.status = 1 then d.updated_at end from chat.dialogs d
        where d.conversation_id = neighbour.conversation_id and d.created_at < neighbour.created_at
        order by d.created_at desc
        limit 1
      )
  );
end $$;

comment on function stats._with_neighbours(stats.stale_dialog[]) is
  'Dialogs, and those next to them in their conversations that no longer agree with them. Some may be named twice.';
--! EndIncluded stats/_with_neighbours.sql
--! Included stats/pending_ids.sql
create or replace function stats.pending_ids(account_id bigint) returns bigint[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_stale stats.stale_dialog[];
begin
  if account_id = stats.current_account() then
    v_stale := stats._stale_dialogs(account_id);
    if v_stale <> '{}' then
      return array(select s.dialog_id from unnest(stats._with_neighbours(v_stale)) s);
    end if;
  end if;
  return '{}';
end $$;

comment on function stats.pending_ids(bigint) is
  'Dialogs of an account that have changed and are not summed yet. Nothing of other accounts than one''s own (stats.current_account).';
--! EndIncluded stats/pending_ids.sql
--! Included stats/pending.sql
create or replace function stats.pending(account_id bigint) returns setof stats.facts
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  -- So much of it at once takes some 30 MB.
  c_batch constant integer := 2000;
  v_stale stats.stale_dialog[];
begin
  if account_id = stats.current_account() then
    v_stale := stats._with_neighbours(stats._stale_dialogs(account_id));
    for i in 1 .. cardinality(v_stale) by c_batch loop
      return next stats._whole(stats._compute(v_stale[i : i + c_batch - 1]));
    end loop;
  end if;
end $$;

comment on function stats.pending(bigint) is
  'The facts of an account''s dialogs that have changed and are not summed yet, so many dialogs a row: no row if there are none. Nothing of '
  'other accounts than one''s own (stats.current_account).';
--! EndIncluded stats/pending.sql
--! Included stats/_changes.sql
-- Of a dialog that goes on, most facts stay as they are.
create or replace function stats._changes(facts stats.facts) returns stats.changes
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_nestloop = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_added stats.facts;
  v_removed stats.facts;
  -- Of the others, what is not among these facts stays.
  v_anew constant bigint[] := array(select unnest(facts.stale) except select unnest(facts.goes_on));
begin
  v_added.stale := facts.stale;
  v_removed.stale := facts.stale;
  select array_agg(new) filter (where new.dialog_id is not null), array_agg(old) filter (where old.dialog_id is not null)
  into v_added.dialogs, v_removed.dialogs
  from (select f.* from stats.dialogs f where f.dialog_id = any (facts.stale)) old
  full join unnest(facts.dialogs) new on new.dialog_id = old.dialog_id
  where new is distinct from old;

  select array_agg(new) filter (where new.dialog_id is not null), array_agg(old) filter (where old.dialog_id is not null)
  into v_added.turns, v_removed.turns
  from (
    select f.* from stats.turns f where f.dialog_id = any (v_anew)
    union all
    select f.*
    from unnest(facts.turns) c
    cross join lateral (select f.* from stats.turns f where f.dialog_id = c.dialog_id and f.n = c.n offset 0) f
    where c.dialog_id in (select unnest(facts.goes_on))
  ) old
  full join unnest(facts.turns) new on new.dialog_id = old.dialog_id and new.n = old.n
  where new is distinct from old;

  select array_agg(new) filter (where new.dialog_id is not null), array_agg(old) filter (where old.dialog_id is not null)
  into v_added.ownerships, v_removed.ownerships
  from (
    select f.* from stats.ownerships f where f.dialog_id = any (v_anew)
    union all
    select f.*
    from unnest(facts.ownerships) c
    cross join lateral (select f.* from stats.ownerships f where f.dialog_id = c.dialog_id and f.n = c.n offset 0) f
    where c.dialog_id in (select unnest(facts.goes_on))
  ) old
  full join unnest(facts.ownerships) new on new.dialog_id = old.dialog_id and new.n = old.n
  where new is distinct from old;

  select array_agg(new) filter (where new.dialog_id is not null), array_agg(old) filter (where old.dialog_id is not null)
  into v_added.message_counts, v_removed.message_counts
  from (
    select f.* from stats.message_counts f where f.dialog_id = any (v_anew)
    union all
    select f.*
    from unnest(facts.message_counts) c
    cross join lateral (select f.* from stats.message_counts f where f.dialog_id = c.dialog_id and f.slot = c.slot and f.metric = c.metric and f.agent_id = c.agent_id offset 0) f
    where c.dialog_id in (select unnest(facts.goes_on))
  ) old
  full join unnest(facts.message_counts) new
    on new.dialog_id = old.dialog_id and new.slot = old.slot and new.metric = old.metric and new.agent_id = old.agent_id
  where new is distinct from old;

  return row(v_added, v_removed);
end $$;

comment on function stats._changes(stats.facts) is 'How these facts differ from what is stored of their dialogs.';
--! EndIncluded stats/_changes.sql
--! Included stats/_whole.sql
create or replace function stats._whole(facts stats.facts) returns stats.facts
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  facts.turns := facts.turns || array(
    select t from stats.turns t
    where t.dialog_id = any (facts.goes_on) and (t.dialog_id, t.n) not in (select c.dialog_id, c.n from unnest(facts.turns) c)
  );
  facts.ownerships := facts.ownerships || array(
    select o from stats.ownerships o
    where o.dialog_id = any (facts.goes_on) and (o.dialog_id, o.n) not in (select c.dialog_id, c.n from unnest(facts.ownerships) c)
  );
  facts.message_counts := facts.message_counts || array(
    select m from stats.message_counts m
    where m.dialog_id = any (facts.goes_on) and (m.dialog_id, m.slot, m.metric, m.agent_id) not in (
      select c.dialog_id, c.slot, c.metric, c.agent_id from unnest(facts.message_counts) c
    )
  );
  facts.goes_on := '{}';
  return facts;
end $$;

comment on function stats._whole(stats.facts) is 'These facts, with the stored ones of dialogs that go on which stay as they are.';
--! EndIncluded stats/_whole.sql
--! Included stats/measurements.sql
-- A branch for each moment that something is measured at, a line for each metric. A branch reads what is stored by the index of
-- its moment, and what has changed from `changes`; one whose metrics are not asked for is not run. Selects, since the expressions of
-- a VALUES list are prepared anew for every row: five times as slow; of equal types, so that they are one plan. Planned once a
-- session, without regard to how much is stored: so no scans (decision 7).
create or replace function stats.measurements(of_account_id bigint, since timestamptz, until timestamptz, changes stats.changes,
  metrics api.metric[] default null, agent_ids bigint[] default null, team_ids bigint[] default null,
  inbox_ids bigint[] default null)
returns table (account_id bigint, metric api.metric, at timestamptz, agent_id bigint, team_id bigint, inbox_id bigint, dialog_id bigint,
  n bigint, total bigint, business bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := of_account_id;
  v_stored constant boolean := changes is null;
begin
  return query
  with dialogs as materialized (
    select 1 as sign, d.* from unnest((changes.added).dialogs) d
    union all
    select -1, d.* from unnest((changes.removed).dialogs) d
  ),
  turns as materialized (
    select 1 as sign, t.* from unnest((changes.added).turns) t
    union all
    select -1, t.* from unnest((changes.removed).turns) t
  ),
  ownerships as materialized (
    select 1 as sign, o.* from unnest((changes.added).ownerships) o
    union all
    select -1, o.* from unnest((changes.removed).ownerships) o
  ),
  message_counts as materialized (
    select 1 as sign, c.* from unnest((changes.added).message_counts) c
    union all
    select -1, c.* from unnest((changes.removed).message_counts) c
  ),
  measured as (
    select d.account_id, 'dialogs_started'::api.metric as metric, d.started_at as at, d.first_assignee_id as agent_id, d.team_id, d.inbox_id,
      d.dialog_id, d.sign::bigint as n, 0::bigint as total, 0::bigint as business
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.started_at >= since and s.started_at < until
      union all
      select c.* from dialogs c where c.started_at >= since and c.started_at < until
    ) d
    where metrics is null or 'dialogs_started' = any (metrics)

    union all
    select d.account_id, m.metric, d.first_open_at, d.first_assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.ms, 0
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_open_at >= since and s.first_open_at < until
      union all
      select c.* from dialogs c where c.first_open_at >= since and c.first_open_at < until
    ) d
    cross join lateral (
      select 'offered'::api.metric, true, 0::bigint
      union all select 'handed_off', d.first_open_at > d.started_at, stats._ms(d.first_open_at - d.started_at)
    ) m (metric, counts, ms)
    where m.counts and (metrics is null or metrics && '{offered,handed_off}')

    union all
    -- The later one of two moments: an index serves each.
    select d.account_id, 'queue_wait', d.queued_until, d.first_assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign,
      d.sign * stats._ms(d.queued_until - d.first_open_at), d.sign * d.queue_wait_business_ms
    from (
      select 1 as sign, s.account_id, s.first_assigned_at as queued_until, s.dialog_id, s.inbox_id, s.team_id, s.first_assignee_id, s.first_open_at,
        s.queue_wait_business_ms
      from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_assigned_at >= since and s.first_assigned_at < until
        and s.first_assigned_at >= s.first_open_at
      union all
      select 1, s.account_id, s.first_open_at, s.dialog_id, s.inbox_id, s.team_id, s.first_assignee_id, s.first_open_at, s.queue_wait_business_ms
      from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_open_at >= since and s.first_open_at < until
        and s.first_open_at > s.first_assigned_at
      union all
      select c.sign, c.account_id, q.at, c.dialog_id, c.inbox_id, c.team_id, c.first_assignee_id, c.first_open_at, c.queue_wait_business_ms
      from dialogs c
      cross join lateral (select greatest(c.first_assigned_at, c.first_open_at) as at) q
      where c.first_assigned_at is not null and c.first_open_at is not null and q.at >= since and q.at < until
    ) d
    where metrics is null or 'queue_wait' = any (metrics)

    union all
    select d.account_id, m.metric, d.first_reply_at, d.first_replier_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.ms, d.sign * m.business_ms
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_reply_at >= since and s.first_reply_at < until
      union all
      select c.* from dialogs c where c.first_reply_at >= since and c.first_reply_at < until
    ) d
    cross join lateral (
      select 'first_response'::api.metric, d.first_customer_message_at is not null,
        stats._ms(greatest(d.first_reply_at, d.started_at) - d.started_at), d.first_response_business_ms
      union all select 'first_response_human', d.first_customer_message_at is not null and d.first_open_at is not null,
        stats._ms(greatest(d.first_reply_at, d.first_open_at) - d.first_open_at), d.first_response_human_business_ms
      union all select 'outbound', d.first_customer_message_at is null, 0::bigint, 0::bigint
    ) m (metric, counts, ms, business_ms)
    where m.counts and (metrics is null or metrics && '{first_response,first_response_human,outbound}')

    union all
    select d.account_id, m.metric, d.resolved_at, d.assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.total, d.sign * m.business_ms
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.resolved_at >= since and s.resolved_at < until
      union all
      select c.* from dialogs c where c.resolved_at >= since and c.resolved_at < until
    ) d
    cross join lateral (
      select 'resolution'::api.metric, true, stats._ms(d.resolved_at - d.started_at), d.resolution_business_ms
      union all select 'active_resolution', true, d.open_ms, 0::bigint
      union all select 'bot_time', d.bot_ms > 0, d.bot_ms, 0::bigint
      union all select 'snoozed_time', d.snoozed_ms > 0, d.snoozed_ms, 0::bigint
      union all select 'assigned_to_resolved', d.first_assigned_at is not null, stats._ms(d.resolved_at - d.first_assigned_at), 0::bigint
      union all select 'customer_waiting', d.turns > 0, d.customer_waiting_ms, 0::bigint
      union all select 'dialogs_handled', d.handle_ms > 0, d.handle_ms, 0::bigint
      union all select 'reopened', d.is_reopened, 0::bigint, 0::bigint
      union all select 'first_contact_resolution', d.is_first_contact_resolution, 0::bigint, 0::bigint
      union all select 'bot_contained', d.is_bot_contained, 0::bigint, 0::bigint
      union all select 'abandoned', d.is_abandoned, 0::bigint, 0::bigint
      union all select 'short_abandoned', d.is_short_abandoned, 0::bigint, 0::bigint
      union all select 'dropped', d.is_dropped, 0::bigint, 0::bigint
      union all select 'replies_to_resolve', true, d.replies::bigint, 0::bigint
      union all select 'messages_to_resolve', true, (d.messages_received + d.replies + d.bot_messages)::bigint, 0::bigint
    ) m (metric, counts, total, business_ms)
    where m.counts and (metrics is null or metrics && '{resolution,active_resolution,bot_time,snoozed_time,assigned_to_resolved,
      customer_waiting,dialogs_handled,reopened,first_contact_resolution,bot_contained,abandoned,short_abandoned,dropped,
      replies_to_resolve,messages_to_resolve}')

    union all
    select d.account_id, m.metric, d.rated_at, d.assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.total, 0
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.rated_at >= since and s.rated_at < until
      union all
      select c.* from dialogs c where c.rated_at >= since and c.rated_at < until
    ) d
    cross join lateral (
      select 'ratings'::api.metric, true, d.rating
      union all select 'satisfied', d.is_satisfied, 0
    ) m (metric, counts, total)
    where m.counts and (metrics is null or metrics && '{ratings,satisfied}')

    union all
    select d.account_id, 'wrapups', d.wrapped_up_at, d.wrapup_agent_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, 0, 0
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.wrapped_up_at >= since and s.wrapped_up_at < until
      union all
      select c.* from dialogs c where c.wrapped_up_at >= since and c.wrapped_up_at < until
    ) d
    where metrics is null or 'wrapups' = any (metrics)

    union all
    select t.account_id, 'reply_time', t.replied_at, t.agent_id, t.team_id, t.inbox_id, t.dialog_id, t.sign, t.sign * t.reply_ms, t.sign * t.reply_business_ms
    from (
      select 1 as sign, s.* from stats.turns s
      where v_stored and s.account_id = v_account_id and s.replied_at >= since and s.replied_at < until
      union all
      select c.* from turns c where c.replied_at >= since and c.replied_at < until
    ) t
    where metrics is null or 'reply_time' = any (metrics)

    union all
    select o.account_id, m.metric, o.began_at, m.agent_id, o.team_id, o.inbox_id, o.dialog_id, o.sign, 0, 0
    from (
      select 1 as sign, s.* from stats.ownerships s
      where v_stored and s.account_id = v_account_id and s.began_at >= since and s.began_at < until
      union all
      select c.* from ownerships c where c.began_at >= since and c.began_at < until
    ) o
    cross join lateral (
      select 'transfers_out'::api.metric, o.previous_agent_id
      union all select 'transfers_in', o.agent_id
    ) m (metric, agent_id)
    where o.previous_agent_id is not null and (metrics is null or metrics && '{transfers_out,transfers_in}')

    union all
    select o.account_id, 'first_response_agent', o.first_reply_at, o.agent_id, o.team_id, o.inbox_id, o.dialog_id, o.sign,
      o.sign * stats._ms(o.first_reply_at - o.began_at), 0
    from (
      select 1 as sign, s.* from stats.ownerships s
      where v_stored and s.account_id = v_account_id and s.first_reply_at >= since and s.first_reply_at < until
      union all
      select c.* from ownerships c where c.first_reply_at >= since and c.first_reply_at < until
    ) o
    where metrics is null or 'first_response_agent' = any (metrics)

    union all
    -- Once for a dialog and agent, however often the agent had it.
    select o.account_id, 'handle_time', o.resolved_at, o.agent_id, o.team_id, o.inbox_id, o.dialog_id, o.sign, o.sign * sum(o.handle_ms)::bigint, 0
    from (
      select 1 as sign, s.* from stats.ownerships s
      where v_stored and s.account_id = v_account_id and s.resolved_at >= since and s.resolved_at < until
      union all
      select c.* from ownerships c where c.resolved_at >= since and c.resolved_at < until
    ) o
    where metrics is null or 'handle_time' = any (metrics)
    group by o.sign, o.account_id, o.dialog_id, o.agent_id, o.resolved_at, o.team_id, o.inbox_id
    having sum(o.handle_ms) > 0

    union all
    select c.account_id, c.metric, c.slot, c.agent_id, c.team_id, c.inbox_id, c.dialog_id, c.sign * c.n, 0, 0
    from (
      select 1 as sign, s.* from stats.message_counts s
      where v_stored and s.account_id = v_account_id and s.slot >= since and s.slot < until
      union all
      select c.* from message_counts c where c.slot >= since and c.slot < until
    ) c
    where metrics is null or metrics && '{messages_received,messages_sent,replies_sent,notes,mentions}'
  )
  select m.account_id, m.metric, m.at, coalesce(m.agent_id, 0), coalesce(m.team_id, 0), m.inbox_id, m.dialog_id, m.n, m.total, coalesce(m.business, 0)
  from measured m
  where (metrics is null or m.metric = any (metrics))
    and (agent_ids is null or coalesce(m.agent_id, 0) = any (agent_ids))
    and (team_ids is null or coalesce(m.team_id, 0) = any (team_ids))
    and (inbox_ids is null or m.inbox_id = any (inbox_ids));
end $$;

comment on function stats.measurements(bigint, timestamptz, timestamptz, stats.changes, api.metric[], bigint[], bigint[], bigint[]) is
  'What each metric counts: the definition of all of them. One row a measurement: its moment, in [since, until), whom it is credited '
  'to (0: nobody, no team), how many (n), the sum (total; milliseconds, unless the metric counts something else), and the part of '
  'it in business hours. Without changes, of the stored facts of the account; with them, what they add, of '
  'whatever account, and what they take away (n is negative). Filters name who is credited.';
--! EndIncluded stats/measurements.sql

-- Sums
--! Included stats/_lock_sums.sql
create or replace function stats._lock_sums() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- An older snapshot would not show what the one who had the lock before has summed.
  perform chat._require_read_committed('statistics are summed');
  perform pg_advisory_xact_lock(hashtextextended('stats.sums', 0));
end $$;

comment on function stats._lock_sums() is
  'Waits until nobody else changes facts and sums, and keeps others from it until the transaction ends. Error: PA040.';
--! EndIncluded stats/_lock_sums.sql
--! Included stats/_plus.sql
-- No set search_path, so that it is inlined.
create or replace function stats._plus(a bigint, b bigint) returns bigint
language sql immutable parallel safe
return nullif(coalesce(a, 0) + coalesce(b, 0), 0);

comment on function stats._plus(bigint, bigint) is 'Adds up, where null stands for 0.';
--! EndIncluded stats/_plus.sql
--! Included stats/_sums_of.sql
-- Counted first by who and what it concerns: what a dialog measured before it mostly still measures, and cancels out. A sum of 0 is
-- null: a row holds only what happened. The columns stand in the order of the table.
create or replace function stats._sums_of(
  account_id bigint,
  since timestamptz,
  until timestamptz,
  changes stats.changes,
  grains stats.grain[],
  dims api.dimension[] default enum_range(null::api.dimension),
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof stats.sums
language plpgsql stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set plan_cache_mode = force_generic_plan
set work_mem = '128MB'
set enable_seqscan = off
set enable_nestloop = off
set enable_sort = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := account_id;
begin
  return query
  with counted as materialized (
    select m.account_id, stats._slot(m.at) as slot, m.metric, m.agent_id, m.team_id, m.inbox_id,
      stats.sum(m.n) as n, stats.sum(m.total) as total, stats.sum(m.business) as business
    from stats.measurements(v_account_id, since, until, changes, null, agent_ids, team_ids, inbox_ids) m
    group by m.account_id, stats._slot(m.at), m.metric, m.agent_id, m.team_id, m.inbox_id
    having stats.sum(m.n) <> 0 or stats.sum(m.total) <> 0 or stats.sum(m.business) <> 0
  ),
  slots as materialized (
    select c.account_id, c.slot from counted c group by c.account_id, c.slot
  ),
  starts as (
    select s.account_id, s.slot, 'slot'::stats.grain as grain, s.slot as starts_at from slots s where 'slot' = any (grains)
    union all
    select s.account_id, s.slot, 'day', stats._first_slot(stats._day(s.slot, f.time_zone), f.time_zone)
    from slots s
    join stats.settings f on f.account_id = s.account_id
    where 'day' = any (grains) and stats._day(s.slot, f.time_zone) < f.days_until
  ),
  -- What happened together, in one row: then each sum adds up few of them.
  together as (
    select c.account_id, c.slot, c.agent_id, c.team_id, c.inbox_id, stats.sum(c.n) as n,
      stats.sum(c.n) filter (where c.metric = 'dialogs_started') as dialogs_started_n,
      stats.sum(c.n) filter (where c.metric = 'offered') as offered_n,
      stats.sum(c.n) filter (where c.metric = 'handed_off') as handed_off_n,
      stats.sum(c.total) filter (where c.metric = 'handed_off') as handed_off_total,
      stats.sum(c.n) filter (where c.metric = 'queue_wait') as queue_wait_n,
      stats.sum(c.total) filter (where c.metric = 'queue_wait') as queue_wait_total,
      stats.sum(c.business) filter (where c.metric = 'queue_wait') as queue_wait_business,
      stats.sum(c.n) filter (where c.metric = 'first_response') as first_response_n,
      stats.sum(c.total) filter (where c.metric = 'first_response') as first_response_total,
      stats.sum(c.business) filter (where c.metric = 'first_response') as first_response_business,
      stats.sum(c.n) filter (where c.metric = 'first_response_human') as first_response_human_n,
      stats.sum(c.total) filter (where c.metric = 'first_response_human') as first_response_human_total,
      stats.sum(c.business) filter (where c.metric = 'first_response_human') as first_response_human_business,
      stats.sum(c.n) filter (where c.metric = 'first_response_agent') as first_response_agent_n,
      stats.sum(c.total) filter (where c.metric = 'first_response_agent') as first_response_agent_total,
      stats.sum(c.n) filter (where c.metric = 'outbound') as outbound_n,
      stats.sum(c.n) filter (where c.metric = 'reply_time') as reply_time_n,
      stats.sum(c.total) filter (where c.metric = 'reply_time') as reply_time_total,
      stats.sum(c.business) filter (where c.metric = 'reply_time') as reply_time_business,
      stats.sum(c.n) filter (where c.metric = 'resolution') as resolution_n,
      stats.sum(c.total) filter (where c.metric = 'resolution') as resolution_total,
      stats.sum(c.business) filter (where c.metric = 'resolution') as resolution_business,
      stats.sum(c.n) filter (where c.metric = 'active_resolution') as active_resolution_n,
      stats.sum(c.total) filter (where c.metric = 'active_resolution') as active_resolution_total,
      stats.sum(c.n) filter (where c.metric = 'bot_time') as bot_time_n,
      stats.sum(c.total) filter (where c.metric = 'bot_time') as bot_time_total,
      stats.sum(c.n) filter (where c.metric = 'snoozed_time') as snoozed_time_n,
      stats.sum(c.total) filter (where c.metric = 'snoozed_time') as snoozed_time_total,
      stats.sum(c.n) filter (where c.metric = 'assigned_to_resolved') as assigned_to_resolved_n,
      stats.sum(c.total) filter (where c.metric = 'assigned_to_resolved') as assigned_to_resolved_total,
      stats.sum(c.n) filter (where c.metric = 'customer_waiting') as customer_waiting_n,
      stats.sum(c.total) filter (where c.metric = 'customer_waiting') as customer_waiting_total,
      stats.sum(c.n) filter (where c.metric = 'reopened') as reopened_n,
      stats.sum(c.n) filter (where c.metric = 'first_contact_resolution') as first_contact_resolution_n,
      stats.sum(c.n) filter (where c.metric = 'bot_contained') as bot_contained_n,
      stats.sum(c.n) filter (where c.metric = 'abandoned') as abandoned_n,
      stats.sum(c.n) filter (where c.metric = 'short_abandoned') as short_abandoned_n,
      stats.sum(c.n) filter (where c.metric = 'dropped') as dropped_n,
      stats.sum(c.n) filter (where c.metric = 'transfers_out') as transfers_out_n,
      stats.sum(c.n) filter (where c.metric = 'transfers_in') as transfers_in_n,
      stats.sum(c.n) filter (where c.metric = 'handle_time') as handle_time_n,
      stats.sum(c.total) filter (where c.metric = 'handle_time') as handle_time_total,
      stats.sum(c.n) filter (where c.metric = 'dialogs_handled') as dialogs_handled_n,
      stats.sum(c.total) filter (where c.metric = 'dialogs_handled') as dialogs_handled_total,
      stats.sum(c.n) filter (where c.metric = 'messages_received') as messages_received_n,
      stats.sum(c.n) filter (where c.metric = 'messages_sent') as messages_sent_n,
      stats.sum(c.n) filter (where c.metric = 'replies_sent') as replies_sent_n,
      stats.sum(c.n) filter (where c.metric = 'notes') as notes_n,
      stats.sum(c.n) filter (where c.metric = 'mentions') as mentions_n,
      stats.sum(c.n) filter (where c.metric = 'replies_to_resolve') as replies_to_resolve_n,
      stats.sum(c.total) filter (where c.metric = 'replies_to_resolve') as replies_to_resolve_total,
      stats.sum(c.n) filter (where c.metric = 'messages_to_resolve') as messages_to_resolve_n,
      stats.sum(c.total) filter (where c.metric = 'messages_to_resolve') as messages_to_resolve_total,
      stats.sum(c.n) filter (where c.metric = 'ratings') as ratings_n,
      stats.sum(c.total) filter (where c.metric = 'ratings') as ratings_total,
      stats.sum(c.n) filter (where c.metric = 'satisfied') as satisfied_n,
      stats.sum(c.n) filter (where c.metric = 'wrapups') as wrapups_n
    from counted c
    group by c.account_id, c.slot, c.agent_id, c.team_id, c.inbox_id
  )
  select t.account_id, s.grain, k.dim, s.starts_at, k.dim_id, stats.sum(t.n),
    nullif(stats.sum(t.dialogs_started_n), 0),
    nullif(stats.sum(t.offered_n), 0),
    nullif(stats.sum(t.handed_off_n), 0),
    nullif(stats.sum(t.handed_off_total), 0),
    nullif(stats.sum(t.queue_wait_n), 0),
    nullif(stats.sum(t.queue_wait_total), 0),
    nullif(stats.sum(t.queue_wait_business), 0),
    nullif(stats.sum(t.first_response_n), 0),
    nullif(stats.sum(t.first_response_total), 0),
    nullif(stats.sum(t.first_response_business), 0),
    nullif(stats.sum(t.first_response_human_n), 0),
    nullif(stats.sum(t.first_response_human_total), 0),
    nullif(stats.sum(t.first_response_human_business), 0),
    nullif(stats.sum(t.first_response_agent_n), 0),
    nullif(stats.sum(t.first_response_agent_total), 0),
    nullif(stats.sum(t.outbound_n), 0),
    nullif(stats.sum(t.reply_time_n), 0),
    nullif(stats.sum(t.reply_time_total), 0),
    nullif(stats.sum(t.reply_time_business), 0),
    nullif(stats.sum(t.resolution_n), 0),
    nullif(stats.sum(t.resolution_total), 0),
    nullif(stats.sum(t.resolution_business), 0),
    nullif(stats.sum(t.active_resolution_n), 0),
    nullif(stats.sum(t.active_resolution_total), 0),
    nullif(stats.sum(t.bot_time_n), 0),
    nullif(stats.sum(t.bot_time_total), 0),
    nullif(stats.sum(t.snoozed_time_n), 0),
    nullif(stats.sum(t.snoozed_time_total), 0),
    nullif(stats.sum(t.assigned_to_resolved_n), 0),
    nullif(stats.sum(t.assigned_to_resolved_total), 0),
    nullif(stats.sum(t.customer_waiting_n), 0),
    nullif(stats.sum(t.customer_waiting_total), 0),
    nullif(stats.sum(t.reopened_n), 0),
    nullif(stats.sum(t.first_contact_resolution_n), 0),
    nullif(stats.sum(t.bot_contained_n), 0),
    nullif(stats.sum(t.abandoned_n), 0),
    nullif(stats.sum(t.short_abandoned_n), 0),
    nullif(stats.sum(t.dropped_n), 0),
    nullif(stats.sum(t.transfers_out_n), 0),
    nullif(stats.sum(t.transfers_in_n), 0),
    nullif(stats.sum(t.handle_time_n), 0),
    nullif(stats.sum(t.handle_time_total), 0),
    nullif(stats.sum(t.dialogs_handled_n), 0),
    nullif(stats.sum(t.dialogs_handled_total), 0),
    nullif(stats.sum(t.messages_received_n), 0),
    nullif(stats.sum(t.messages_sent_n), 0),
    nullif(stats.sum(t.replies_sent_n), 0),
    nullif(stats.sum(t.notes_n), 0),
    nullif(stats.sum(t.mentions_n), 0),
    nullif(stats.sum(t.replies_to_resolve_n), 0),
    nullif(stats.sum(t.replies_to_resolve_total), 0),
    nullif(stats.sum(t.messages_to_resolve_n), 0),
    nullif(stats.sum(t.messages_to_resolve_total), 0),
    nullif(stats.sum(t.ratings_n), 0),
    nullif(stats.sum(t.ratings_total), 0),
    nullif(stats.sum(t.satisfied_n), 0),
    nullif(stats.sum(t.wrapups_n), 0)
  from together t
  join starts s on s.account_id = t.account_id and s.slot = t.slot
  cross join lateral stats._dimensions(t.agent_id, t.team_id, t.inbox_id) k
  where k.dim = any (dims)
  group by t.account_id, s.grain, k.dim, s.starts_at, k.dim_id;
end $$;

comment on function stats._sums_of(
  bigint, timestamptz, timestamptz, stats.changes, stats.grain[], api.dimension[], bigint[], bigint[], bigint[]
) is
  'What is measured, as rows of stats.sums: without changes, what stats.sums must hold of the stored facts of an account; with them, '
  'what they add to it. Days only as far as they are finished. Filters as in stats.measurements().';
--! EndIncluded stats/_sums_of.sql
--! Included stats/_add_to_sums.sql
-- What no longer counts leaves no trace, so that sums are the same however they came about.
create or replace function stats._add_to_sums(changes stats.changes) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_emptied stats.sums[];
begin
  with summed as (
    insert into stats.sums as s
    select c.* from stats._sums_of(null, '-infinity', 'infinity', changes, '{slot,day}') c
    order by c.account_id, c.grain, c.dim, c.starts_at, c.dim_id
    on conflict (account_id, grain, dim, starts_at, dim_id) do update set
    n = s.n + excluded.n,
    dialogs_started_n = stats._plus(s.dialogs_started_n, excluded.dialogs_started_n),
    offered_n = stats._plus(s.offered_n, excluded.offered_n),
    handed_off_n = stats._plus(s.handed_off_n, excluded.handed_off_n),
    handed_off_total = stats._plus(s.handed_off_total, excluded.handed_off_total),
    queue_wait_n = stats._plus(s.queue_wait_n, excluded.queue_wait_n),
    queue_wait_total = stats._plus(s.queue_wait_total, excluded.queue_wait_total),
    queue_wait_business = stats._plus(s.queue_wait_business, excluded.queue_wait_business),
    first_response_n = stats._plus(s.first_response_n, excluded.first_response_n),
    first_response_total = stats._plus(s.first_response_total, excluded.first_response_total),
    first_response_business = stats._plus(s.first_response_business, excluded.first_response_business),
    first_response_human_n = stats._plus(s.first_response_human_n, excluded.first_response_human_n),
    first_response_human_total = stats._plus(s.first_response_human_total, excluded.first_response_human_total),
    first_response_human_business = stats._plus(s.first_response_human_business, excluded.first_response_human_business),
    first_response_agent_n = stats._plus(s.first_response_agent_n, excluded.first_response_agent_n),
    first_response_agent_total = stats._plus(s.first_response_agent_total, excluded.first_response_agent_total),
    outbound_n = stats._plus(s.outbound_n, excluded.outbound_n),
    reply_time_n = stats._plus(s.reply_time_n, excluded.reply_time_n),
    reply_time_total = stats._plus(s.reply_time_total, excluded.reply_time_total),
    reply_time_business = stats._plus(s.reply_time_business, excluded.reply_time_business),
    resolution_n = stats._plus(s.resolution_n, excluded.resolution_n),
    resolution_total = stats._plus(s.resolution_total, excluded.resolution_total),
    resolution_business = stats._plus(s.resolution_business, excluded.resolution_business),
    active_resolution_n = stats._plus(s.active_resolution_n, excluded.active_resolution_n),
    active_resolution_total = stats._plus(s.active_resolution_total, excluded.active_resolution_total),
    bot_time_n = stats._plus(s.bot_time_n, excluded.bot_time_n),
    bot_time_total = stats._plus(s.bot_time_total, excluded.bot_time_total),
    snoozed_time_n = stats._plus(s.snoozed_time_n, excluded.snoozed_time_n),
    snoozed_time_total = stats._plus(s.snoozed_time_total, excluded.snoozed_time_total),
    assigned_to_resolved_n = stats._plus(s.assigned_to_resolved_n, excluded.assigned_to_resolved_n),
    assigned_to_resolved_total = stats._plus(s.assigned_to_resolved_total, excluded.assigned_to_resolved_total),
    customer_waiting_n = stats._plus(s.customer_waiting_n, excluded.customer_waiting_n),
    customer_waiting_total = stats._plus(s.customer_waiting_total, excluded.customer_waiting_total),
    reopened_n = stats._plus(s.reopened_n, excluded.reopened_n),
    first_contact_resolution_n = stats._plus(s.first_contact_resolution_n, excluded.first_contact_resolution_n),
    bot_contained_n = stats._plus(s.bot_contained_n, excluded.bot_contained_n),
    abandoned_n = stats._plus(s.abandoned_n, excluded.abandoned_n),
    short_abandoned_n = stats._plus(s.short_abandoned_n, excluded.short_abandoned_n),
    dropped_n = stats._plus(s.dropped_n, excluded.dropped_n),
    transfers_out_n = stats._plus(s.transfers_out_n, excluded.transfers_out_n),
    transfers_in_n = stats._plus(s.transfers_in_n, excluded.transfers_in_n),
    handle_time_n = stats._plus(s.handle_time_n, excluded.handle_time_n),
    handle_time_total = stats._plus(s.handle_time_total, excluded.handle_time_total),
    dialogs_handled_n = stats._plus(s.dialogs_handled_n, excluded.dialogs_handled_n),
    dialogs_handled_total = stats._plus(s.dialogs_handled_total, excluded.dialogs_handled_total),
    messages_received_n = stats._plus(s.messages_received_n, excluded.messages_received_n),
    messages_sent_n = stats._plus(s.messages_sent_n, excluded.messages_sent_n),
    replies_sent_n = stats._plus(s.replies_sent_n, excluded.replies_sent_n),
    notes_n = stats._plus(s.notes_n, excluded.notes_n),
    mentions_n = stats._plus(s.mentions_n, excluded.mentions_n),
    replies_to_resolve_n = stats._plus(s.replies_to_resolve_n, excluded.replies_to_resolve_n),
    replies_to_resolve_total = stats._plus(s.replies_to_resolve_total, excluded.replies_to_resolve_total),
    messages_to_resolve_n = stats._plus(s.messages_to_resolve_n, excluded.messages_to_resolve_n),
    messages_to_resolve_total = stats._plus(s.messages_to_resolve_total, excluded.messages_to_resolve_total),
    ratings_n = stats._plus(s.ratings_n, excluded.ratings_n),
    ratings_total = stats._plus(s.ratings_total, excluded.ratings_total),
    satisfied_n = stats._plus(s.satisfied_n, excluded.satisfied_n),
    wrapups_n = stats._plus(s.wrapups_n, excluded.wrapups_n)
    returning s
  )
  select array_agg(r.s) into v_emptied from summed r where (r.s).n = 0;

  delete from stats.sums s using unnest(v_emptied) e
  where s.account_id = e.account_id and s.grain = e.grain and s.dim = e.dim and s.starts_at = e.starts_at and s.dim_id = e.dim_id;
end $$;

comment on function stats._add_to_sums(stats.changes) is 'Adds to stats.sums what replacing the stored facts by these changes.';
--! EndIncluded stats/_add_to_sums.sql
--! Included stats/_times_of.sql
create or replace function stats._times_of(of_account_id bigint, since timestamptz, until timestamptz, changes stats.changes)
returns table (account_id bigint, dim api.dimension, metric api.metric, starts_at timestamptz, dim_id bigint, ms bigint, n bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set work_mem = '128MB'
set enable_seqscan = off
set enable_nestloop = off
set enable_sort = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := of_account_id;
  c_metrics constant api.metric[] := array(select m from unnest(enum_range(null::api.metric)) m where stats._has_times(m));
begin
  return query
  with measured as materialized (
    select m.account_id, stats._slot(m.at) as slot, m.metric, m.agent_id, m.team_id, m.inbox_id, m.total * m.n as ms, m.n
    from stats.measurements(v_account_id, since, until, changes, c_metrics) m
  ),
  days as materialized (
    select s.account_id, s.slot, stats._first_slot(stats._day(s.slot, f.time_zone), f.time_zone) as starts_at
    from (select m.account_id, m.slot from measured m group by m.account_id, m.slot) s
    join stats.settings f on f.account_id = s.account_id
    where stats._day(s.slot, f.time_zone) < f.days_until
  )
  select m.account_id, k.dim, m.metric, d.starts_at, k.dim_id, m.ms, m.n
  from measured m
  join days d on d.account_id = m.account_id and d.slot = m.slot
  cross join lateral stats._dimensions(m.agent_id, m.team_id, m.inbox_id) k;
end $$;

comment on function stats._times_of(bigint, timestamptz, timestamptz, stats.changes) is
  'Each time that was measured on a finished day, as rows of stats.times hold it: of the stored facts of an account; or what changes add, and '
  'what they take (n is -1).';
--! EndIncluded stats/_times_of.sql
--! Included stats/_kept_times_of.sql
create or replace function stats._kept_times_of(account_id bigint, since timestamptz, until timestamptz) returns setof stats.times
language sql stable
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
as $$
  select t.account_id, t.dim, t.metric, t.starts_at, t.dim_id, array_agg(t.ms order by t.ms)
  from stats._times_of(_kept_times_of.account_id, since, until, null) t
  group by t.account_id, t.dim, t.metric, t.starts_at, t.dim_id
$$;

comment on function stats._kept_times_of(bigint, timestamptz, timestamptz) is 'What stats.times must hold of the stored facts.';
--! EndIncluded stats/_kept_times_of.sql
--! Included stats/_add_to_times.sql
create or replace function stats._add_to_times(changes stats.changes) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_memoize = off
set jit = off
as $$
declare
  -- Most changes are of a day that has not ended.
  v_until constant timestamptz := (
    select max(stats._first_slot(f.days_until, f.time_zone))
    from stats.settings f
    where f.account_id in (
      select d.account_id from unnest((changes.added).dialogs || (changes.removed).dialogs) d
      union
      select t.account_id from unnest((changes.added).turns || (changes.removed).turns) t
      union
      select o.account_id from unnest((changes.added).ownerships || (changes.removed).ownerships) o
    )
  );
begin
  with changed as materialized (
    select c.account_id, c.dim, c.metric, c.starts_at, c.dim_id, c.ms, stats.sum(c.n) as n
    from stats._times_of(null, '-infinity', v_until, changes) c
    group by c.account_id, c.dim, c.metric, c.starts_at, c.dim_id, c.ms
    having stats.sum(c.n) <> 0
  ),
  rows as materialized (
    select c.account_id, c.dim, c.metric, c.starts_at, c.dim_id
    from changed c
    group by c.account_id, c.dim, c.metric, c.starts_at, c.dim_id
  ),
  counted as (
    select c.account_id, c.dim, c.metric, c.starts_at, c.dim_id, c.ms, stats.sum(c.n) as n
    from (
      select * from changed
      union all
      select r.*, stored.ms, 1
      from rows r
      cross join lateral (
        select unnest(t.ms) as ms from stats.times t
        where t.account_id = r.account_id and t.dim = r.dim and t.metric = r.metric and t.starts_at = r.starts_at and t.dim_id = r.dim_id
        offset 0
      ) stored
    ) c
    group by c.account_id, c.dim, c.metric, c.starts_at, c.dim_id, c.ms
  ),
  merged as materialized (
    select c.account_id, c.dim, c.metric, c.starts_at, c.dim_id, array_agg(c.ms order by c.ms) as ms
    from counted c
    cross join lateral generate_series(1, c.n)
    group by c.account_id, c.dim, c.metric, c.starts_at, c.dim_id
  ),
  emptied as (
    delete from stats.times t using (
      select r.* from rows r
      except
      select m.account_id, m.dim, m.metric, m.starts_at, m.dim_id from merged m
    ) e
    where t.account_id = e.account_id and t.dim = e.dim and t.metric = e.metric and t.starts_at = e.starts_at and t.dim_id = e.dim_id
  )
  insert into stats.times
  select m.* from merged m
  order by m.account_id, m.dim, m.metric, m.starts_at, m.dim_id
  on conflict (account_id, dim, metric, starts_at, dim_id) do update set ms = excluded.ms;
end $$;

comment on function stats._add_to_times(stats.changes) is 'Adds to stats.times what replacing the stored facts by these changes.';
--! EndIncluded stats/_add_to_times.sql
--! Included stats/_replace.sql
-- Rows are updated, in place while no indexed moment is new, instead of written anew.
create or replace function stats._replace(changes stats.changes) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
begin
  delete from stats.dialogs s using (
    select r.dialog_id from unnest((changes.removed).dialogs) r
    except
    select a.dialog_id from unnest((changes.added).dialogs) a
  ) gone
  where s.dialog_id = gone.dialog_id;
  insert into stats.dialogs as s
  select * from unnest((changes.added).dialogs)
  on conflict (dialog_id) do update
  set (
    account_id, conversation_id, inbox_id, contact_id, team_id, status, started_at, first_open_at, first_assigned_at,
    first_customer_message_at, first_reply_at, resolved_at, status_since, waiting_since, first_assignee_id, first_replier_id,
    assignee_id, bot_ms, open_ms, snoozed_ms, customer_waiting_ms, handle_ms, queue_wait_business_ms,
    first_response_business_ms, first_response_human_business_ms, resolution_business_ms, agents, transfers, messages_received,
    replies, bot_messages, turns, previous_resolved_at, reopened_at, is_reopened, is_first_contact_resolution,
    is_bot_contained, is_abandoned, is_short_abandoned, is_dropped, rating, is_satisfied, rated_at, wrapup_category_id,
    wrapup_agent_id, wrapped_up_at, last_message_at
  ) = row (
    excluded.account_id, excluded.conversation_id, excluded.inbox_id, excluded.contact_id, excluded.team_id, excluded.status,
    excluded.started_at, excluded.first_open_at, excluded.first_assigned_at, excluded.first_customer_message_at,
    excluded.first_reply_at, excluded.resolved_at, excluded.status_since, excluded.waiting_since, excluded.first_assignee_id,
    excluded.first_replier_id, excluded.assignee_id, excluded.bot_ms, excluded.open_ms, excluded.snoozed_ms,
    excluded.customer_waiting_ms, excluded.handle_ms, excluded.queue_wait_business_ms, excluded.first_response_business_ms,
    excluded.first_response_human_business_ms, excluded.resolution_business_ms, excluded.agents, excluded.transfers,
    excluded.messages_received, excluded.replies, excluded.bot_messages, excluded.turns, excluded.previous_resolved_at,
    excluded.reopened_at, excluded.is_reopened, excluded.is_first_contact_resolution, excluded.is_bot_contained,
    excluded.is_abandoned, excluded.is_short_abandoned, excluded.is_dropped, excluded.rating, excluded.is_satisfied,
    excluded.rated_at, excluded.wrapup_category_id, excluded.wrapup_agent_id, excluded.wrapped_up_at, excluded.last_message_at
  );

  delete from stats.turns s using (
    select r.dialog_id, r.n from unnest((changes.removed).turns) r
    except
    select a.dialog_id, a.n from unnest((changes.added).turns) a
  ) gone
  where s.dialog_id = gone.dialog_id and s.n = gone.n;
  insert into stats.turns
  select * from unnest((changes.added).turns)
  on conflict (dialog_id, n) do update
  set (account_id, inbox_id, team_id, agent_id, waiting_since, replied_at, reply_ms, reply_business_ms)
    = row (
      excluded.account_id, excluded.inbox_id, excluded.team_id, excluded.agent_id, excluded.waiting_since,
      excluded.replied_at, excluded.reply_ms, excluded.reply_business_ms
    );

  delete from stats.ownerships s using (
    select r.dialog_id, r.n from unnest((changes.removed).ownerships) r
    except
    select a.dialog_id, a.n from unnest((changes.added).ownerships) a
  ) gone
  where s.dialog_id = gone.dialog_id and s.n = gone.n;
  insert into stats.ownerships
  select * from unnest((changes.added).ownerships)
  on conflict (dialog_id, n) do update
  set (account_id, inbox_id, team_id, agent_id, previous_agent_id, began_at, ended_at, first_reply_at, handled, handle_ms, resolved_at)
    = row (
      excluded.account_id, excluded.inbox_id, excluded.team_id, excluded.agent_id, excluded.previous_agent_id,
      excluded.began_at, excluded.ended_at, excluded.first_reply_at, excluded.handled, excluded.handle_ms,
      excluded.resolved_at
    );

  delete from stats.message_counts s using (
    select r.dialog_id, r.slot, r.metric, r.agent_id from unnest((changes.removed).message_counts) r
    except
    select a.dialog_id, a.slot, a.metric, a.agent_id from unnest((changes.added).message_counts) a
  ) gone
  where s.dialog_id = gone.dialog_id and s.slot = gone.slot and s.metric = gone.metric and s.agent_id = gone.agent_id;
  insert into stats.message_counts
  select * from unnest((changes.added).message_counts)
  on conflict (dialog_id, slot, metric, agent_id) do update
  set (account_id, inbox_id, team_id, n)
    = row (excluded.account_id, excluded.inbox_id, excluded.team_id, excluded.n);
end $$;

comment on function stats._replace(stats.changes) is 'Stores the facts that are new, in place of those that they differ from.';
--! EndIncluded stats/_replace.sql
--! Included stats/_apply.sql
create or replace function stats._apply(facts stats.facts) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changes constant stats.changes := stats._changes(facts);
begin
  perform stats._add_to_sums(v_changes);
  perform stats._add_to_times(v_changes);
  perform stats._replace(v_changes);
end $$;

comment on function stats._apply(stats.facts) is 'Stores these facts, and adds to the sums what that changes.';
--! EndIncluded stats/_apply.sql
--! Included stats/_move_horizon.sql
-- Ids are drawn before they are committed: a long transaction may still bring one that is lower than all that have been taken. So the
-- horizon follows in two steps: the highest id and the transactions of one flush are noted, and believed when those have ended.
create or replace function stats._move_horizon(newest_id bigint) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_horizon record;
begin
  -- One snapshot for both: what was settled is also seen. A transaction to come is one of the server that a dump is from.
  select h.id, h.next_id,
    pg_snapshot_xmin(pg_current_snapshot()) >= h.next_xid
      or h.next_xid >= pg_snapshot_xmax(pg_current_snapshot()) and h.next_xid is distinct from pg_current_xact_id_if_assigned()
      as is_settled,
    coalesce((select s.id from stats.stale s where s.id >= h.id order by s.id limit 1), h.next_id + 1) as first_id
  into v_horizon
  from stats.horizon h;
  if not v_horizon.is_settled then
    return;
  elsif v_horizon.first_id <= v_horizon.next_id then
    update stats.horizon h set id = v_horizon.first_id where h.id < v_horizon.first_id;
  elsif newest_id is not null then
    update stats.horizon h set id = h.next_id + 1, next_id = newest_id, next_xid = pg_current_xact_id();
  end if;
end $$;

comment on function stats._move_horizon(bigint) is
  'Moves stats.horizon behind the rows of stats.stale that are gone. newest_id: the highest id that had been drawn when this transaction '
  'had no id of its own yet; null: it had one.';
--! EndIncluded stats/_move_horizon.sql
--! Included stats/flush.sql
-- What is deleted from stats.stale was committed before the facts are computed, by a later statement: so they show whatever the
-- rows were written for. What is committed in between stays, and is looked at again. Readers see all of a flush, or none.
create or replace function stats.flush(max_dialogs integer default 2000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_newest_id bigint;
  v_ids bigint[];
  v_stale stats.stale_dialog[];
  v_submitted stats.submitted[];
begin
  perform chat._require_read_committed('statistics are summed');
  if not pg_try_advisory_xact_lock(hashtextextended('stats.sums', 0)) then
    return 0;
  end if;

  -- Before this transaction has an id of its own: who drew an id of stats.stale until now has an older one.
  if pg_current_xact_id_if_assigned() is null then
    select s.last_value into v_newest_id from stats.stale_id_seq s;
  end if;
  -- No joins: planned while there is nothing to do, they would be nested, and take minutes once there is much.
  select array_agg(n.id), array_agg(row(n.dialog_id, n.since)::stats.stale_dialog)
  into v_ids, v_stale
  from (
    select r.id, r.dialog_id, r.since, dense_rank() over (order by r.first_id) as nr
    from (
      select f.id, f.dialog_id, f.since, min(f.id) over (partition by f.dialog_id) as first_id
      from (
        select s.id, s.dialog_id, s.since
        from stats.stale s
        where s.id >= (select h.id from stats.horizon h)
        order by s.id
        limit max_dialogs * 10
      ) f
    ) r
  ) n
  where n.nr <= max_dialogs;
  delete from stats.stale s where s.id = any (v_ids);
  with taken as (
    delete from stats.submitted s
    where s.id in (select f.id from stats.submitted f order by f.id limit max_dialogs)
    returning s
  )
  select array_agg(t.s) into v_submitted from taken t;
  if v_stale is null and v_submitted is null then
    return 0;
  end if;

  perform stats._move_horizon(v_newest_id);
  v_stale := array(
    select row(n.dialog_id, min(n.since))::stats.stale_dialog
    from (
      select t.dialog_id, t.since from unnest(v_stale) t
      union all
      select d, '-infinity'
      from unnest(v_submitted) s cross join lateral stats._dialogs_submitted_for(s.account_id, s.chat_guid, s.chat_number) d
    ) n
    group by n.dialog_id
  );
  perform stats._apply(stats._compute(stats._with_neighbours(v_stale)));
  return greatest(cardinality(v_stale), cardinality(v_submitted));
end $$;

comment on function stats.flush(integer) is
  'Sums what has changed: computes the facts of so many stale dialogs, adds the difference to the sums and stores the facts. '
  'Returns how many dialogs, or chats that something was submitted for, it took; 0: there is nothing to do, or another session does it. Error: PA040.';
--! EndIncluded stats/flush.sql
--! Included stats/_months.sql
create or replace function stats._months(account_id bigint, since timestamptz, until timestamptz)
returns table (opens timestamptz, closes timestamptz)
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select greatest(m.opens, since), least(m.closes, until)
  from stats._settings(_months.account_id) f
  cross join lateral (
    -- Each from the end of an index; null: there is nothing.
    select case when min(b.first) < since then since else min(b.first) end as first, case when max(b.last) > until then until else max(b.last) end as last
    from (
      select least(min(d.started_at), min(d.first_open_at), min(d.first_assigned_at), min(d.first_reply_at), min(d.resolved_at),
          min(d.rated_at), min(d.wrapped_up_at)),
        greatest(max(d.started_at), max(d.first_open_at), max(d.first_assigned_at), max(d.first_reply_at), max(d.resolved_at),
          max(d.rated_at), max(d.wrapped_up_at))
      from stats.dialogs d where d.account_id = _months.account_id
      union all
      select least(min(o.began_at), min(o.first_reply_at), min(o.resolved_at)),
        greatest(max(o.began_at), max(o.first_reply_at), max(o.resolved_at))
      from stats.ownerships o where o.account_id = _months.account_id
      union all
      select min(t.replied_at), max(t.replied_at) from stats.turns t where t.account_id = _months.account_id
      union all
      select min(c.slot), max(c.slot) from stats.message_counts c where c.account_id = _months.account_id
      union all
      select s.first, s.last
      from unnest(enum_range(null::stats.grain)) g (grain)
      cross join lateral (
        select min(f.starts_at) as first, max(f.starts_at) as last
        from stats.sums f where f.account_id = _months.account_id and f.grain = g.grain and f.dim = 'account'
      ) s
    ) b (first, last)
  ) b
  cross join lateral (
    select stats._first_slot(n.day, f.time_zone) as opens, stats._first_slot((n.day + interval '1 month')::date, f.time_zone) as closes
    from (
      select d::date as day
      from generate_series(
        date_trunc('month', stats._day(stats._slot(b.first), f.time_zone)::timestamp), stats._day(stats._slot(b.last), f.time_zone), '1 month'
      ) d
    ) n
  ) m
  where m.opens < until and m.closes > since
  order by m.opens
$$;

comment on function stats._months(bigint, timestamptz, timestamptz) is
  'The months, of the account''s zone, in which something may be measured or summed: all facts of an account at once may be too many.';
--! EndIncluded stats/_months.sql
--! Included stats/_sum.sql
-- A month at a time: all facts of an account at once may be too many. In the order of the index, which is three times as fast.
create or replace function stats._sum(account_id bigint, since timestamptz, until timestamptz, grains stats.grain[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_month record;
begin
  for v_month in select * from stats._months(account_id, since, until) loop
    delete from stats.sums s
    where s.account_id = _sum.account_id and s.grain = any (grains) and s.dim = any (enum_range(null::api.dimension))
      and s.starts_at >= v_month.opens and s.starts_at < v_month.closes;
    insert into stats.sums
    select s.* from stats._sums_of(account_id, v_month.opens, v_month.closes, null, grains) s
    order by s.account_id, s.grain, s.dim, s.starts_at, s.dim_id;

    if 'day' = any (grains) then
      delete from stats.times t
      where t.account_id = _sum.account_id and t.dim = any (enum_range(null::api.dimension))
        and t.metric = any (enum_range(null::api.metric)) and t.starts_at >= v_month.opens and t.starts_at < v_month.closes;
      insert into stats.times
      select t.* from stats._kept_times_of(account_id, v_month.opens, v_month.closes) t
      order by t.account_id, t.dim, t.metric, t.starts_at, t.dim_id;
    end if;
  end loop;
end $$;

comment on function stats._sum(bigint, timestamptz, timestamptz, stats.grain[]) is
  'Sums an account anew from the stored facts: the quarters of an hour, the finished days, or both, of [since, until), which are midnights '
  'of its days.';
--! EndIncluded stats/_sum.sql
--! Included stats/finish_days.sql
create or replace function stats.finish_days() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account record;
  v_accounts integer := 0;
begin
  perform stats._lock_sums();
  insert into stats.settings (account_id)
  select a.id from chat.accounts a
  where not exists (select from stats.settings s where s.account_id = a.id);

  for v_account in
    select s.account_id, s.time_zone, s.days_until, stats._day(broker.now(), s.time_zone) as today
    from stats.settings s
    where coalesce(s.days_until, '-infinity') < stats._day(broker.now(), s.time_zone)
    order by s.account_id
  loop
    update stats.settings s set days_until = v_account.today where s.account_id = v_account.account_id;
    perform stats._sum(
      v_account.account_id, stats._first_slot(coalesce(v_account.days_until, '-infinity'), v_account.time_zone),
      stats._first_slot(v_account.today, v_account.time_zone), '{day}'
    );
    v_accounts := v_accounts + 1;
  end loop;
  return v_accounts;
end $$;

comment on function stats.finish_days() is
  'Sums the days that have ended since the last call. Returns for how many accounts. Error: PA040.';
--! EndIncluded stats/finish_days.sql

-- Computing anew
--! Included stats/lock_sums.sql
create or replace function stats.lock_sums() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform stats._lock_sums();
  return null;
end $$;

comment on function stats.lock_sums() is 'Lets nobody sum by settings that are being changed.';
--! EndIncluded stats/lock_sums.sql
--! Included stats/follow_settings.sql
create or replace function stats.follow_settings() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_was constant stats.settings := case when tg_op = 'UPDATE' then old else stats._settings(new.account_id) end;
begin
  if new.time_zone <> v_was.time_zone then
    delete from stats.sums s where s.account_id = new.account_id and s.grain = 'day';
    delete from stats.times t where t.account_id = new.account_id;
    new.days_until := null;
  end if;
  if (new.reopen_within, new.short_abandon, new.satisfied_from) is distinct from
    (v_was.reopen_within, v_was.short_abandon, v_was.satisfied_from)
  then
    insert into stats.rebuilds (account_id) values (new.account_id);
  end if;
  return new;
end $$;

comment on function stats.follow_settings() is
  'Drops the days that were summed for another time zone, and has dialogs computed anew if they are to be counted otherwise.';
--! EndIncluded stats/follow_settings.sql
--! Included stats/work_off_rebuilds.sql
-- Never through stats.stale: readers would compute all that is left of the request each time.
create or replace function stats.work_off_rebuilds(max_dialogs integer default 2000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_request stats.rebuilds;
  v_dialog_ids bigint[];
  v_reached timestamptz;
begin
  if not exists (select from stats.rebuilds) then
    return 0;
  end if;
  perform stats._lock_sums();
  loop
    select r.* into v_request from stats.rebuilds r order by r.id limit 1;
    if not found then
      return 0;
    end if;
    select max(d.started_at) into v_reached
    from (
      select d.started_at from stats.dialogs d
      where d.account_id = v_request.account_id and d.started_at >= v_request.reached and d.started_at < v_request.until
        and coalesce(d.resolved_at, 'infinity') >= v_request.since
      order by d.started_at
      limit max_dialogs
    ) d;
    exit when v_reached is not null;
    delete from stats.rebuilds r where r.id = v_request.id;
  end loop;

  v_dialog_ids := array(
    select d.dialog_id from stats.dialogs d
    where d.account_id = v_request.account_id and d.started_at >= v_request.reached and d.started_at <= v_reached
      and coalesce(d.resolved_at, 'infinity') >= v_request.since
  );
  perform stats._apply(stats.compute(v_dialog_ids));
  update stats.rebuilds r set reached = v_reached + interval '1 microsecond' where r.id = v_request.id;
  return cardinality(v_dialog_ids);
end $$;

comment on function stats.work_off_rebuilds(integer) is
  'Computes the next dialogs anew that changed settings or calendars count otherwise (stats.rebuilds), and corrects the sums. Returns how '
  'many; 0: nothing is left. Error: PA040.';
--! EndIncluded stats/work_off_rebuilds.sql
--! Included stats/_touching.sql
create or replace function stats._touching(account_id bigint, since timestamptz, until timestamptz) returns bigint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  return array(
    select d.id
    from chat.conversations c
    cross join lateral (select f.* from chat.dialogs f where f.conversation_id = c.id offset 0) d
    where c.account_id = _touching.account_id and (
      d.created_at < until and (d.status <> 1 or d.updated_at >= since)
      -- What was said before the first dialog, or after a resolution, has the dialog too.
      or exists (
        select from chat.messages m
        where m.conversation_id = c.id and m.dialog_id = d.id and m.created_at >= since and m.created_at < until
      )
      or exists (
        select from chat.mentions m
        where m.conversation_id = c.id and m.dialog_id = d.id and m.mentioned_at >= since and m.mentioned_at < until
      )
    )
    union
    select r.dialog_id from chat.chat_ratings r
    where r.account_id = _touching.account_id and r.put_at >= since and r.put_at < until and r.dialog_id is not null
    union
    select w.dialog_id from chat.chat_wrapups w
    where w.account_id = _touching.account_id and w.submitted_at >= since and w.submitted_at < until and w.dialog_id is not null
    union
    -- What is stored, also of dialogs that are gone.
    select d.dialog_id from stats.dialogs d
    where d.account_id = _touching.account_id and (d.started_at < until and coalesce(d.resolved_at, 'infinity') >= since
      or d.rated_at >= since and d.rated_at < until or d.wrapped_up_at >= since and d.wrapped_up_at < until)
    union
    select t.dialog_id from stats.turns t
    where t.account_id = _touching.account_id and t.replied_at >= since and t.replied_at < until
    union
    select o.dialog_id from stats.ownerships o
    where o.account_id = _touching.account_id and o.began_at < until and coalesce(o.resolved_at, 'infinity') >= since
    union
    select c.dialog_id from stats.message_counts c
    where c.account_id = _touching.account_id and c.slot >= since and c.slot < until
  );
end $$;

comment on function stats._touching(bigint, timestamptz, timestamptz) is 'Dialogs of an account that may have something to count in this time.';
--! EndIncluded stats/_touching.sql
--! Included stats/rebuild.sql
-- Trusts nothing that is stored: a sum that something touches is summed anew, not corrected.
create or replace function stats.rebuild(account_id bigint, since timestamptz, until timestamptz) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_time_zone constant text := (stats._settings(account_id)).time_zone;
  v_since constant timestamptz := stats._first_slot(stats._day(stats._slot(since), v_time_zone), v_time_zone);
  v_until constant timestamptz := stats._first_slot(stats._day(stats._slot(until - interval '1 microsecond'), v_time_zone) + 1, v_time_zone);
  v_dialog_ids bigint[];
  v_changes stats.changes;
  -- Days outside that facts turn out to have been wrong in.
  v_others date[] := '{}';
  v_day date;
begin
  perform stats._lock_sums();
  v_dialog_ids := stats._touching(account_id, v_since, v_until);
  for i in 1 .. cardinality(v_dialog_ids) by 2000 loop
    v_changes := stats._changes(stats.compute(v_dialog_ids[i : i + 1999]));
    if v_since > '-infinity' or v_until < 'infinity' then
      v_others := v_others || array(
        select distinct stats._day(s.starts_at, v_time_zone)
        from stats._sums_of(account_id, '-infinity', 'infinity', v_changes, '{slot}', '{account}') s
        where s.starts_at < v_since or s.starts_at >= v_until
      );
    end if;
    perform stats._replace(v_changes);
  end loop;

  perform stats._sum(account_id, v_since, v_until, '{slot,day}');
  for v_day in select distinct o.day from unnest(v_others) o (day) loop
    perform stats._sum(account_id, stats._first_slot(v_day, v_time_zone), stats._first_slot(v_day + 1, v_time_zone), '{slot,day}');
  end loop;
  return cardinality(v_dialog_ids);
end $$;

comment on function stats.rebuild(bigint, timestamptz, timestamptz) is
  'Computes the facts of all dialogs of an account that touch these days anew, and the sums of these days, whatever they were. Returns '
  'how many dialogs it took. Readers see all of it or none; until then nothing else is summed. Error: PA040.';
--! EndIncluded stats/rebuild.sql

-- Comparing
--! Included stats/_facts_that_differ.sql
create or replace function stats._facts_that_differ(account_id bigint, dialog_ids bigint[])
returns setof stats.difference
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_facts constant stats.facts := stats.compute(dialog_ids);
begin
  return query
  select 'dialogs', _facts_that_differ.account_id, jsonb_build_object('dialog_id', coalesce(s.dialog_id, c.dialog_id)), to_jsonb(s), to_jsonb(c)
  from (select f.* from stats.dialogs f where f.dialog_id = any (dialog_ids)) s
  full join unnest(v_facts.dialogs) c on c.dialog_id = s.dialog_id
  where s is distinct from c
  union all
  select 'turns', _facts_that_differ.account_id, jsonb_build_object('dialog_id', coalesce(s.dialog_id, c.dialog_id), 'n', coalesce(s.n, c.n)),
    to_jsonb(s), to_jsonb(c)
  from (select f.* from stats.turns f where f.dialog_id = any (dialog_ids)) s
  full join unnest(v_facts.turns) c on c.dialog_id = s.dialog_id and c.n = s.n
  where s is distinct from c
  union all
  select 'ownerships', _facts_that_differ.account_id, jsonb_build_object('dialog_id', coalesce(s.dialog_id, c.dialog_id), 'n', coalesce(s.n, c.n)),
    to_jsonb(s), to_jsonb(c)
  from (select f.* from stats.ownerships f where f.dialog_id = any (dialog_ids)) s
  full join unnest(v_facts.ownerships) c on c.dialog_id = s.dialog_id and c.n = s.n
  where s is distinct from c
  union all
  select 'message_counts', _facts_that_differ.account_id,
    jsonb_build_object('dialog_id', coalesce(s.dialog_id, c.dialog_id), 'slot', coalesce(s.slot, c.slot),
      'metric', coalesce(s.metric, c.metric), 'agent_id', coalesce(s.agent_id, c.agent_id)),
    to_jsonb(s), to_jsonb(c)
  from (select f.* from stats.message_counts f where f.dialog_id = any (dialog_ids)) s
  full join unnest(v_facts.message_counts) c
    on c.dialog_id = s.dialog_id and c.slot = s.slot and c.metric = s.metric and c.agent_id = s.agent_id
  where s is distinct from c;
end $$;

comment on function stats._facts_that_differ(bigint, bigint[]) is 'Where the stored facts of dialogs are not what their rows say.';
--! EndIncluded stats/_facts_that_differ.sql
--! Included stats/_sums_that_differ.sql
create or replace function stats._sums_that_differ(account_id bigint, since timestamptz, until timestamptz)
returns setof stats.difference
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select 'sums', _sums_that_differ.account_id,
    jsonb_build_object('grain', grain, 'dim', dim, 'starts_at', starts_at, 'dim_id', dim_id),
    d.stored, d.computed
  from (
    select f.* from stats.sums f
    where f.account_id = _sums_that_differ.account_id and f.grain = any (enum_range(null::stats.grain))
      and f.dim = any (enum_range(null::api.dimension)) and f.starts_at >= since and f.starts_at < until
  ) s
  full join stats._sums_of(_sums_that_differ.account_id, since, until, null, '{slot,day}') c using (grain, dim, starts_at, dim_id)
  cross join lateral (
    select jsonb_object_agg(name, v.stored) as stored, jsonb_object_agg(name, v.computed) as computed
    from (
      select name, jsonb_strip_nulls(to_jsonb(s)) -> name as stored, jsonb_strip_nulls(to_jsonb(c)) -> name as computed
      from jsonb_object_keys(coalesce(to_jsonb(s), to_jsonb(c))) name
    ) v
    where v.stored is distinct from v.computed
  ) d
  where s is distinct from c
$$;

comment on function stats._sums_that_differ(bigint, timestamptz, timestamptz) is
  'Where the sums of quarters of an hour and of finished days are not what the stored facts say.';
--! EndIncluded stats/_sums_that_differ.sql
--! Included stats/_times_that_differ.sql
create or replace function stats._times_that_differ(account_id bigint, since timestamptz, until timestamptz)
returns setof stats.difference
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select 'times', _times_that_differ.account_id,
    jsonb_build_object('dim', dim, 'metric', metric, 'starts_at', starts_at, 'dim_id', dim_id), to_jsonb(s.ms), to_jsonb(c.ms)
  from (
    select f.* from stats.times f
    where f.account_id = _times_that_differ.account_id and f.dim = any (enum_range(null::api.dimension))
      and f.metric = any (enum_range(null::api.metric)) and f.starts_at >= since and f.starts_at < until
  ) s
  full join stats._kept_times_of(_times_that_differ.account_id, since, until) c using (dim, metric, starts_at, dim_id)
  where s.ms is distinct from c.ms
$$;

comment on function stats._times_that_differ(bigint, timestamptz, timestamptz) is
  'Where the times of finished days are not what the stored facts say.';
--! EndIncluded stats/_times_that_differ.sql
--! Included stats/verify.sql
-- One snapshot: writers and the flush may go on. What is stale differs from its rows and is left out, but the sums hold what the stored
-- facts say at any moment. Accounts whose dialogs are about to be computed anew (stats.rebuilds) agree with their sums, too.
create or replace function stats.verify(account_id bigint default null)
returns setof stats.difference
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id bigint;
  v_dialog_ids bigint[];
  v_month record;
begin
  for v_account_id in
    select a.id from chat.accounts a where a.id = coalesce(verify.account_id, a.id) order by a.id
  loop
    if not exists (select from stats.rebuilds r where r.account_id = v_account_id) then
      v_dialog_ids := array(
        select d.id from unnest(stats._touching(v_account_id, '-infinity', 'infinity')) d (id)
        except
        select s.dialog_id from unnest(stats._with_neighbours(stats._stale_dialogs(v_account_id))) s
      );
      for i in 1 .. cardinality(v_dialog_ids) by 2000 loop
        return query select d.* from stats._facts_that_differ(v_account_id, v_dialog_ids[i : i + 1999]) d;
      end loop;
    end if;
    for v_month in select * from stats._months(v_account_id, '-infinity', 'infinity') loop
      return query select d.* from stats._sums_that_differ(v_account_id, v_month.opens, v_month.closes) d;
      return query select d.* from stats._times_that_differ(v_account_id, v_month.opens, v_month.closes) d;
    end loop;
  end loop;
end $$;

comment on function stats.verify(bigint) is
  'Compares stored facts with the rows behind them, and sums with the facts, of one account or all: differences, of which there must be '
  'none. Reads everything.';
--! EndIncluded stats/verify.sql
--! Included stats/record_verification.sql
create or replace function stats.record_verification() returns stats.verifications
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_began_at constant timestamptz := clock_timestamp();
  v_verification stats.verifications;
begin
  select count(*), (array_agg(to_jsonb(d)))[1] into v_verification.differences, v_verification.example from stats.verify() d;
  insert into stats.verifications (took, dialogs, differences, example)
  select clock_timestamp() - v_began_at, count(*), v_verification.differences, v_verification.example
  from stats.dialogs
  returning * into v_verification;
  delete from stats.verifications v where v.verified_at < broker.now() - interval '90 days';
  return v_verification;
end $$;

comment on function stats.record_verification() is 'Runs stats.verify() and stores what it found, for 90 days, in stats.verifications.';
--! EndIncluded stats/record_verification.sql
--! Included stats/state.sql
create or replace function stats.state(out pending bigint, out rebuilds bigint, out verified_at timestamptz, out differences bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (select count(*) from stats.stale s where s.id >= (select h.id from stats.horizon h)) + (select count(*) from stats.submitted),
    (select count(*) from stats.rebuilds), v.verified_at, v.differences
  from (select) one
  left join lateral (select l.verified_at, l.differences from stats.verifications l order by l.id desc limit 1) v on true
$$;

comment on function stats.state() is
  'For operators: changes that are not summed yet, requests to compute anew, and what the last nightly comparison found; null: none yet.';
--! EndIncluded stats/state.sql

-- What agents did at once
--! Included stats/presences.sql
create or replace function stats.presences(account_id bigint, since timestamptz, until timestamptz, agent_ids bigint[] default null)
returns table (agent_id bigint, status integer, is_available boolean, began_at timestamptz, ended_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := account_id;
  v_available constant integer[] := (stats._settings(account_id)).available_statuses;
begin
  return query
  select u.id, p.status, p.status = any (v_available), p.changed_at, p.ended_at
  from chat.users u
  -- When the presence that the window begins with began, and the one that it ends with ended. In the order of the index alone,
  -- so that no plan sorts all that came before.
  cross join lateral (
    select
      (
        select s.changed_at from chat.agent_status_changes s
        where s.account_id = v_account_id and s.agent_id = u.id and s.changed_at <= since
        order by s.changed_at desc
        limit 1
      ) as first_at,
      (
        select s.changed_at from chat.agent_status_changes s
        where s.account_id = v_account_id and s.agent_id = u.id and s.changed_at >= until
        order by s.changed_at
        limit 1
      ) as last_at
  ) e
  cross join lateral (
    select s.status, s.changed_at, lead(s.changed_at) over (order by s.changed_at, s.event_id) as ended_at
    from chat.agent_status_changes s
    where s.account_id = v_account_id and s.agent_id = u.id
      and s.changed_at >= coalesce(e.first_at, since) and s.changed_at <= coalesce(e.last_at, until)
  ) p
  where u.account_id = v_account_id and (agent_ids is null or u.id = any (agent_ids))
    and p.changed_at < until and p.ended_at is distinct from p.changed_at;
end $$;

comment on function stats.presences(bigint, timestamptz, timestamptz, bigint[]) is
  'Agents'' presence that overlaps [since, until), from one change of status to the next; ended_at null: it lasts. Of changes at the '
  'same moment the last one counts.';
--! EndIncluded stats/presences.sql
--! Included stats/_length.sql
create or replace function stats._length(spans tstzmultirange) returns interval
language sql immutable parallel safe strict
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(sum(upper(s.span) - lower(s.span)), interval '0') from unnest(spans) s (span)
$$;

comment on function stats._length(tstzmultirange) is 'How long these spans are together; null: there are none of whom is asked about.';
--! EndIncluded stats/_length.sql
--! Included stats/_handled.sql
create or replace function stats._handled(
  account_id bigint, since timestamptz, until timestamptz, agent_ids bigint[], team_ids bigint[], inbox_ids bigint[]
) returns table (agent_id bigint, dialogs bigint, begins timestamptz[], ends timestamptz[])
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := account_id;
  v_window constant tstzrange := tstzrange(since, until);
  v_pending_ids constant bigint[] := stats.pending_ids(account_id);
begin
  return query
  select a.agent_id, (select count(distinct d.id) from unnest(a.dialog_ids) d (id)),
    -- To sort each agent's times by themselves takes half as long as to sort all rows.
    array(select b.at from unnest(a.begins) b (at) order by b.at),
    array(select e.at from unnest(a.ends) e (at) order by e.at)
  from (
    select h.agent_id, array_agg(h.dialog_id) as dialog_ids,
      array_agg(greatest(lower(h.span), since)) as begins, array_agg(least(upper(h.span), until)) as ends
    from (
      select o.agent_id, o.dialog_id, unnest(o.handled) as span
      from (
        select s.agent_id, s.dialog_id, s.team_id, s.inbox_id, s.handled
        from (
          select f.* from stats.ownerships f
          where f.account_id = v_account_id and f.began_at >= since - interval '24 hours' and f.began_at < until
          union all
          select f.* from stats.ownerships f
          where f.account_id = v_account_id and f.began_at >= since - interval '240 hours' and f.began_at < since - interval '24 hours'
            and f.ended_at - f.began_at > interval '24 hours' and f.ended_at - f.began_at <= interval '240 hours'
          union all
          select f.* from stats.ownerships f
          where f.account_id = v_account_id and f.began_at >= since - interval '2400 hours' and f.began_at < since - interval '24 hours'
            and f.ended_at - f.began_at > interval '240 hours' and f.ended_at - f.began_at <= interval '2400 hours'
          union all
          select f.* from stats.ownerships f
          where f.account_id = v_account_id and f.began_at < since - interval '24 hours' and f.ended_at - f.began_at > interval '2400 hours'
          union all
          select f.* from stats.ownerships f
          where f.account_id = v_account_id and f.began_at < since - interval '24 hours' and f.ended_at is null
        ) s
        where s.dialog_id <> all (v_pending_ids)
        union all
        select c.agent_id, c.dialog_id, c.team_id, c.inbox_id, c.handled
        from stats.pending(v_account_id) p
        cross join lateral unnest(p.ownerships) c
        where v_pending_ids <> '{}'
      ) o
      where (agent_ids is null or o.agent_id = any (agent_ids))
        and (team_ids is null or coalesce(o.team_id, 0) = any (team_ids))
        and (inbox_ids is null or o.inbox_id = any (inbox_ids))
    ) h
    where h.span && v_window
    group by h.agent_id
  ) a;
end $$;

comment on function stats._handled(bigint, timestamptz, timestamptz, bigint[], bigint[], bigint[]) is
  'What agents handled (had while it was open) in [since, until), as of the last commit: how many dialogs, and when one of them began and '
  'ended, cut to that time and each in order. 0 among team_ids: no team.';
--! EndIncluded stats/_handled.sql

--! Included stats/triggers.sql
-- What statistics count has changed: that is noted, nothing else. Statements insert and delete, so that a batch costs one insert.
-- Updates are looked at row by row: nearly all of them change nothing that is counted, and a condition that says so costs nothing.
-- Comparing the rows before and after a statement would need a join, whose plan of one row is kept for statements of many.
create or replace trigger _400_mark_inserted after insert on chat.messages
  referencing new table as changed
  for each statement execute function stats.mark_said();
comment on trigger _400_mark_inserted on chat.messages is 'Messages are counted.';
create or replace trigger _400_mark_deleted after delete on chat.messages
  referencing old table as changed
  for each statement execute function stats.mark_rows();
comment on trigger _400_mark_deleted on chat.messages is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_updated after update on chat.messages
  for each row when (
    old.dialog_id is distinct from new.dialog_id or old.created_at <> new.created_at or old.message_type <> new.message_type
    or old.private <> new.private or old.sender_type is distinct from new.sender_type or old.sender_id is distinct from new.sender_id
    or old.additional_attributes <> new.additional_attributes or old.content_attributes <> new.content_attributes
  )
  execute function stats.mark_row();
comment on trigger _400_mark_updated on chat.messages is 'That a message was read or rewritten does not count.';

create or replace trigger _400_mark_inserted after insert on chat.events
  referencing new table as changed
  for each statement execute function stats.mark_happened();
comment on trigger _400_mark_inserted on chat.events is 'Every dialog has events from its start on: none is inserted unnoticed.';
create or replace trigger _400_mark_deleted after delete on chat.events
  referencing old table as changed
  for each statement execute function stats.mark_happened();
comment on trigger _400_mark_deleted on chat.events is 'A chat that is stored again has other events.';
create or replace trigger _400_mark_updated after update on chat.events
  for each row when (
    old.dialog_id is distinct from new.dialog_id or old.created_at <> new.created_at or old.name <> new.name
    or old.user_id is distinct from new.user_id
  )
  execute function stats.mark_row();
comment on trigger _400_mark_updated on chat.events is 'When a conversation gets an older past, its events may change dialogs.';

-- A change of status or assignee is an event.
create or replace trigger _400_mark_updated after update on chat.dialogs
  for each row when (
    (old.team_id is distinct from new.team_id or old.inbox_id <> new.inbox_id or old.contact_id is distinct from new.contact_id)
    and old.status = new.status and old.assignee_id is not distinct from new.assignee_id
  )
  execute function stats.mark_dialog();
comment on trigger _400_mark_updated on chat.dialogs is 'Team, inbox or contact changed, and nothing else, which events would tell.';
create or replace trigger _400_mark_deleted after delete on chat.dialogs
  referencing old table as changed
  for each statement execute function stats.mark_dialogs();
comment on trigger _400_mark_deleted on chat.dialogs is 'What is forgotten no longer counts.';

create or replace trigger _400_mark_inserted after insert on chat.mentions
  referencing new table as changed
  for each statement execute function stats.mark_rows();
comment on trigger _400_mark_inserted on chat.mentions is 'Mentions are counted.';
create or replace trigger _400_mark_deleted after delete on chat.mentions
  referencing old table as changed
  for each statement execute function stats.mark_rows();
comment on trigger _400_mark_deleted on chat.mentions is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_updated after update on chat.mentions
  for each row when (
    old.dialog_id is distinct from new.dialog_id or old.mentioned_at <> new.mentioned_at or old.user_id <> new.user_id
  )
  execute function stats.mark_row();
comment on trigger _400_mark_updated on chat.mentions is 'Chatwoot moves mentioned_at when somebody is mentioned again.';

-- What is submitted about a chat may come before the chat, its number after both.
create or replace trigger _400_mark_inserted after insert on chat.ratings
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.ratings is 'What was submitted may be about a chat that is stored already.';
create or replace trigger _400_mark_updated after update on chat.ratings
  referencing old table as former new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_updated on chat.ratings is 'The chats that they were, and are, about.';
create or replace trigger _400_mark_deleted after delete on chat.ratings
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.ratings is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_inserted after insert on chat.wrapups
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.wrapups is 'What was submitted may be about a chat that is stored already.';
create or replace trigger _400_mark_updated after update on chat.wrapups
  referencing old table as former new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_updated on chat.wrapups is 'The chats that they were, and are, about.';
create or replace trigger _400_mark_deleted after delete on chat.wrapups
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.wrapups is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_inserted after insert on chat.chat_numbers
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.chat_numbers is 'What was submitted for a number is about the chat that has it.';
create or replace trigger _400_mark_updated after update on chat.chat_numbers
  referencing old table as former new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_updated on chat.chat_numbers is 'The chats that had the numbers, and have them.';
create or replace trigger _400_mark_deleted after delete on chat.chat_numbers
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.chat_numbers is 'What was submitted for a number is about no chat any more.';
create or replace trigger _400_mark_inserted after insert on chat.chats
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.chats is 'What names it by guid leaves the chat that it names by number.';
create or replace trigger _400_mark_deleted after delete on chat.chats
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.chats is 'What named it by guid falls to the chat that it names by number.';
create or replace trigger _400_mark after update on chat.accounts
  for each row when (old.puts_chat_events <> new.puts_chat_events) execute function stats.mark_puts();
comment on trigger _400_mark on chat.accounts is 'Chats of accounts that put events are numbered as their dialogs are.';

create or replace trigger _400_mark_truncated after truncate on chat.dialogs
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.dialogs is 'Without dialogs there is nothing to count.';
create or replace trigger _400_mark_truncated after truncate on chat.messages
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.messages is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.events
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.events is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.mentions
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.mentions is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.ratings
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.ratings is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.wrapups
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.wrapups is 'All dialogs are counted anew.';

-- How it is counted
create or replace trigger _100_lock_sums before insert or update on stats.settings
  for each statement execute function stats.lock_sums();
comment on trigger _100_lock_sums on stats.settings is 'Before any row is locked: who sums locks in that order, too.';
create or replace trigger _200_follow before insert or update on stats.settings
  for each row execute function stats.follow_settings();
comment on trigger _200_follow on stats.settings is 'What has been summed by other settings is summed anew.';
--! EndIncluded stats/triggers.sql

-- What reports read
--! Included stats/_reading.sql
create or replace function stats._reading(
  by api.dimension,
  unit api.unit,
  since timestamptz,
  until timestamptz,
  time_zone text,
  agent_ids bigint[],
  team_ids bigint[],
  inbox_ids bigint[]
) returns setof stats.reading
language plpgsql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  c_quarter constant interval := '15 minutes';
  c_most_periods constant integer := 5000;
  r stats.reading;
  v_own_zone text;
  v_days_until date;
  v_length interval;
  v_filters api.dimension[];
begin
  r.account_id := stats.current_account();
  if r.account_id is null then
    return;
  end if;
  select s.time_zone, s.days_until into v_own_zone, v_days_until from stats.settings s where s.account_id = r.account_id;
  v_own_zone := coalesce(v_own_zone, 'UTC');
  r.zone := coalesce(time_zone, v_own_zone);
  if r.zone <> v_own_zone then
    perform stats.check_zone(r.zone);
  end if;

  r.next_slot := stats._slot(broker.now()) + c_quarter;
  r.closes := coalesce(until, r.next_slot);
  r.opens := coalesce(since, (date_trunc('day', (r.closes - c_quarter) at time zone r.zone) - interval '29 days') at time zone r.zone);
  perform stats.check_window(r.opens, r.closes);
  v_length := case unit when 'hour' then interval '1 hour' when 'day' then interval '1 day' end;
  if r.closes - r.opens > c_most_periods * v_length then
    raise exception using
      errcode = 'PA053',
      message = format('from %s until %s are more than %s %ss', r.opens, r.closes, c_most_periods, unit),
      hint = 'Ask for less at a time, or for a longer unit.';
  end if;

  v_filters := array_remove(array[
    case when agent_ids is not null then 'agent' end,
    case when team_ids is not null then 'team' end,
    case when inbox_ids is not null then 'inbox' end
  ]::api.dimension[], null);
  r.grouped_by := by;
  r.dim := case
    when v_filters <@ array[by] then by
    when by = 'account' and cardinality(v_filters) = 1 then v_filters[1]
  end;
  r.ids := coalesce(agent_ids, team_ids, inbox_ids);
  r.agent_ids := agent_ids;
  r.team_ids := team_ids;
  r.inbox_ids := inbox_ids;

  if unit is null then
    r.starts := array[r.opens];
    r.ends := array[r.closes];
  else
    if unit = 'hour' then
      -- Also where clocks are set by half an hour.
      r.starts := array(
        select min(q.at) from generate_series(r.opens, r.closes - c_quarter, c_quarter) q (at)
        group by date_trunc('hour', q.at, r.zone) order by 1
      );
    else
      r.starts := array(
        select distinct greatest(r.opens, local.midnight at time zone r.zone) as start
        from generate_series(
          date_trunc(unit::text, stats._day(r.opens, r.zone)::timestamp), r.closes at time zone r.zone, ('1 ' || unit)::interval
        ) local (midnight)
        where local.midnight at time zone r.zone < r.closes
        order by start
      );
    end if;
    r.ends := r.starts[2:] || r.closes;
  end if;

  if r.dim is null then
    return next r;
    return;
  end if;

  with spans as (
    -- Days of the account are read whole where they lie within a period, in one go where periods begin with days.
    select r.opens as since, r.closes as until where unit is null or r.zone = v_own_zone
    union all
    select p.since, p.until from unnest(r.starts, r.ends) p (since, until) where unit is not null and r.zone <> v_own_zone
  ),
  days as (
    select s.since, s.until, d.since as first_day, greatest(d.until, d.since) as end_day
    from spans s
    cross join lateral (
      select stats._first_slot(stats._day(s.since - interval '1 microsecond', v_own_zone) + 1, v_own_zone),
        case when unit = 'hour' then s.since
          else stats._first_slot(least(stats._day(s.until, v_own_zone), coalesce(v_days_until, '-infinity')), v_own_zone)
        end
    ) d (since, until)
  ),
  pieces as (
    select p.grain, range_agg(tstzrange(p.since, p.until)) as ranges
    from days d
    cross join lateral (
      select 'slot'::stats.grain, d.since, least(d.first_day, d.until)
      union all
      select 'day', d.first_day, d.end_day
      union all
      select 'slot', d.end_day, d.until
    ) p (grain, since, until)
    where p.since < p.until
    group by p.grain
  )
  select array_agg(p.grain), array_agg(lower(m.range)), array_agg(upper(m.range))
  into r.piece_grains, r.piece_starts, r.piece_ends
  from pieces p
  cross join lateral unnest(p.ranges) m (range);
  return next r;
end $$;

comment on function stats._reading(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'What a report has to read: no row without an account. Whole finished days of the account are read as such, whatever zone is asked for, '
  'the rest as quarters of an hour. Errors: PA050 to PA053.';
--! EndIncluded stats/_reading.sql
--! Included stats/_sums.sql
-- Security definer, past the policies: with them, conditions on enums could not be looked up in an index. So it asks whose the reading is.
create or replace function stats._sums(reading stats.reading) returns setof stats.sums
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set work_mem = '64MB'
as $$
declare
  v_dim constant api.dimension := coalesce(reading.dim, reading.grouped_by);
  v_facts stats.facts;
  v_empty stats.sums;
begin
  if reading.account_id is distinct from stats.current_account() then
    return;
  end if;
  if reading.dim is not null then
    return query
    select f.*
    from unnest(reading.piece_grains, reading.piece_starts, reading.piece_ends) p (grain, since, until)
    cross join lateral (
      select s.* from stats.sums s
      where s.account_id = reading.account_id and s.grain = p.grain and s.dim = reading.dim and s.starts_at >= p.since and s.starts_at < p.until
        and (reading.ids is null or s.dim_id = any (reading.ids))
      -- Looked up for each piece (decision 7).
      offset 0
    ) f;
  else
    return query
    select s.* from stats._sums_of(reading.account_id, reading.opens, reading.closes, null, '{slot}', array[v_dim],
      reading.agent_ids, reading.team_ids, reading.inbox_ids) s;
  end if;

  for v_facts in select p.* from stats.pending(reading.account_id) p loop
    return query
    select s.* from stats._sums_of(reading.account_id, reading.opens, reading.closes, stats._changes(v_facts), '{slot}', array[v_dim],
      reading.agent_ids, reading.team_ids, reading.inbox_ids) s;
  end loop;

  if reading.grouped_by = 'account' then
    v_empty.dim_id := 0;
    v_empty.n := 0;
    foreach v_empty.starts_at in array reading.starts loop
      return next v_empty;
    end loop;
  end if;
end $$;

comment on function stats._sums(stats.reading) is
  'Sums that are to be added up by period and dim_id: of finished days, of the quarters around them, and of what has changed since. Exact by the '
  'commit. Of the account each period has a row, with or without sums.';
--! EndIncluded stats/_sums.sql
--! Included stats/_names.sql
-- Inlined, hence no set search_path.
create or replace function stats._names(by api.dimension) returns table (id bigint, name text)
language sql stable
begin atomic
  select u.id, u.name from chat.users u where by = 'agent' and u.account_id = (select stats.current_account())
  union all
  select t.id, t.name from chat.teams t where by = 'team' and t.account_id = (select stats.current_account())
  union all
  select i.id, i.name from chat.inboxes i where by = 'inbox' and i.account_id = (select stats.current_account());
end;

comment on function stats._names(api.dimension) is 'Names of the account''s agents, teams or inboxes, of deleted ones as well.';
--! EndIncluded stats/_names.sql
--! Included stats/_is_asked_for.sql
-- No set search_path, so that it is inlined.
create or replace function stats._is_asked_for(
  agent_id bigint, team_id bigint, inbox_id bigint, agent_ids bigint[], team_ids bigint[], inbox_ids bigint[]
) returns boolean
language sql immutable parallel safe
return (agent_ids is null or coalesce(agent_id, 0) = any (agent_ids))
  and (team_ids is null or coalesce(team_id, 0) = any (team_ids))
  and (inbox_ids is null or inbox_id = any (inbox_ids));

comment on function stats._is_asked_for(bigint, bigint, bigint, bigint[], bigint[], bigint[]) is
  'Whether filters let through what belongs to this agent, team and inbox. A filter that is null lets everything through; 0 in it means none.';
--! EndIncluded stats/_is_asked_for.sql
--! Included stats/_unresolved.sql
-- Security definer, as stats._sums: many ask each second.
create or replace function stats._unresolved(agent_ids bigint[], team_ids bigint[], inbox_ids bigint[])
returns table (status smallint, assignee_id bigint, waiting_since timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := stats.current_account();
  v_pending_ids bigint[];
begin
  if v_account_id is null then
    return;
  end if;
  v_pending_ids := stats.pending_ids(v_account_id);
  return query
  select d.status, d.assignee_id, d.waiting_since
  from stats.dialogs d
  where d.account_id = v_account_id and d.resolved_at is null and d.dialog_id <> all (v_pending_ids)
    and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids);
  if v_pending_ids <> '{}' then
    return query
    select d.status, d.assignee_id, d.waiting_since
    from stats.pending(v_account_id) p
    cross join lateral unnest(p.dialogs) d
    where d.resolved_at is null and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids);
  end if;
end $$;

comment on function stats._unresolved(bigint[], bigint[], bigint[]) is
  'What is unresolved this moment, of the agents, teams and inboxes that are asked for; 0: none. As of the last commit.';
--! EndIncluded stats/_unresolved.sql
--! Included stats/_id_of.sql
-- No set search_path, so that it is inlined.
create or replace function stats._id_of(by api.dimension, agent_id bigint, team_id bigint, inbox_id bigint) returns bigint
language sql immutable parallel safe
return case by when 'agent' then agent_id when 'team' then team_id when 'inbox' then inbox_id else 0 end;

comment on function stats._id_of(api.dimension, bigint, bigint, bigint) is 'Whose row of a report something belongs to: 0, by account.';
--! EndIncluded stats/_id_of.sql
--! Included stats/_stored_times.sql
-- Inlined, hence no set search_path: only stats._times calls it.
create or replace function stats._stored_times(reading stats.reading, metric api.metric, business boolean)
returns table (nr integer, id bigint, ms bigint)
language sql stable
as $$
  select width_bucket(t.starts_at, reading.starts), case when reading.grouped_by <> 'account' then t.dim_id else 0 end, t.ms
  from unnest(reading.piece_grains, reading.piece_starts, reading.piece_ends) p (grain, since, until)
  cross join lateral (
    select f.starts_at, f.dim_id, unnest(f.ms) as ms from stats.times f
    where reading.dim is not null and not _stored_times.business and p.grain = 'day' and f.account_id = reading.account_id and f.dim = reading.dim
      and f.metric = _stored_times.metric and f.starts_at >= p.since and f.starts_at < p.until
      and (reading.ids is null or f.dim_id = any (reading.ids))
    offset 0
  ) t
  union all
  select width_bucket(m.at, reading.starts), stats._id_of(reading.grouped_by, m.agent_id, m.team_id, m.inbox_id),
    case when _stored_times.business then m.business else m.total end
  from (
    select p.since, p.until
    from unnest(reading.piece_grains, reading.piece_starts, reading.piece_ends) p (grain, since, until)
    where reading.dim is not null and not _stored_times.business and p.grain = 'slot'
    union all
    select reading.opens, reading.closes where reading.dim is null or _stored_times.business
  ) p
  cross join lateral stats.measurements(reading.account_id, p.since, p.until, null, array[_stored_times.metric],
    reading.agent_ids, reading.team_ids, reading.inbox_ids) m
$$;

comment on function stats._stored_times(stats.reading, api.metric, boolean) is
  'The times of a metric, as far as they are summed: kept ones of finished days, measured ones for the rest of the window, for combined filters '
  'and within business hours.';
--! EndIncluded stats/_stored_times.sql
--! Included stats/_times.sql
-- Security definer, as stats._sums.
create or replace function stats._times(reading stats.reading, metric api.metric, business boolean)
returns table (nr integer, id bigint, ms bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  c_with_business constant api.metric[] := '{queue_wait,first_response,first_response_human,reply_time,resolution}';
  v_metric constant api.metric := metric;
  v_business constant boolean := business;
begin
  if stats._has_times(v_metric) is not true or v_business and v_metric <> all (c_with_business) then
    raise exception using
      errcode = 'PA056',
      message = format('%s has no times%s', coalesce(v_metric::text, 'null'), case when v_business then ' within business hours' end),
      hint = 'These have: ' || (
        select string_agg(m::text, ', ') from unnest(enum_range(null::api.metric)) m
        where case when v_business then m = any (c_with_business) else stats._has_times(m) end
      ) || '.';
  end if;
  if reading.account_id is distinct from stats.current_account() then
    return;
  end if;
  if stats.pending_ids(reading.account_id) = '{}' then
    return query select t.* from stats._stored_times(reading, v_metric, v_business) t;
    return;
  end if;

  return query
  with changed as materialized (
    select width_bucket(m.at, reading.starts) as nr, stats._id_of(reading.grouped_by, m.agent_id, m.team_id, m.inbox_id) as id,
      case when v_business then m.business else m.total end * m.n as ms, m.n
    from stats.pending(reading.account_id) p
    cross join lateral stats.measurements(reading.account_id, reading.opens, reading.closes, stats._changes(p), array[v_metric],
      reading.agent_ids, reading.team_ids, reading.inbox_ids) m
  )
  (
    select t.* from stats._stored_times(reading, v_metric, v_business) t
    union all
    select c.nr, c.id, c.ms from changed c where c.n > 0
  )
  except all
  select c.nr, c.id, c.ms from changed c where c.n < 0;
end $$;

comment on function stats._times(stats.reading, api.metric, boolean) is
  'Each time that a metric measured, in milliseconds: in which period, and whose. As of the last commit. Error: PA056.';
--! EndIncluded stats/_times.sql

--! Included stats/policies.sql
-- Analysts read the statistics of their account; operators those of every account. The owner, whose rights functions that are
-- security definer have, passes by.

alter table stats.settings enable row level security;
drop policy if exists analysts on stats.settings;
create policy analysts on stats.settings for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.settings;
create policy operators on stats.settings to parley_operator using (true);

alter table stats.dialogs enable row level security;
drop policy if exists analysts on stats.dialogs;
create policy analysts on stats.dialogs for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.dialogs;
create policy operators on stats.dialogs to parley_operator using (true);

alter table stats.turns enable row level security;
drop policy if exists analysts on stats.turns;
create policy analysts on stats.turns for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.turns;
create policy operators on stats.turns to parley_operator using (true);

alter table stats.ownerships enable row level security;
drop policy if exists analysts on stats.ownerships;
create policy analysts on stats.ownerships for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.ownerships;
create policy operators on stats.ownerships to parley_operator using (true);

alter table stats.message_counts enable row level security;
drop policy if exists analysts on stats.message_counts;
create policy analysts on stats.message_counts for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.message_counts;
create policy operators on stats.message_counts to parley_operator using (true);

alter table stats.sums enable row level security;
drop policy if exists analysts on stats.sums;
create policy analysts on stats.sums for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.sums;
create policy operators on stats.sums to parley_operator using (true);

alter table stats.times enable row level security;
drop policy if exists analysts on stats.times;
create policy analysts on stats.times for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.times;
create policy operators on stats.times to parley_operator using (true);

-- Business hours

alter table stats.calendars enable row level security;
drop policy if exists analysts on stats.calendars;
create policy analysts on stats.calendars for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.calendars;
create policy operators on stats.calendars to parley_operator using (true);

alter table stats.calendar_hours enable row level security;
drop policy if exists analysts on stats.calendar_hours;
create policy analysts on stats.calendar_hours for select to parley_analyst
  using (calendar_id in (select c.id from stats.calendars c where c.account_id = (select stats.current_account())));
drop policy if exists operators on stats.calendar_hours;
create policy operators on stats.calendar_hours to parley_operator using (true);

alter table stats.calendar_holidays enable row level security;
drop policy if exists analysts on stats.calendar_holidays;
create policy analysts on stats.calendar_holidays for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.calendar_holidays;
create policy operators on stats.calendar_holidays to parley_operator using (true);

alter table stats.open_spans enable row level security;
drop policy if exists analysts on stats.open_spans;
create policy analysts on stats.open_spans for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.open_spans;
create policy operators on stats.open_spans to parley_operator using (true);
--! EndIncluded stats/policies.sql
--! Included stats/grants.sql
revoke all on all functions in schema stats from public;
grant usage on schema stats to parley_analyst, parley_operator, parley_worker;
grant execute on function
  stats.current_account(),
  stats.pending(bigint), stats.pending_ids(bigint),
  stats._changes(stats.facts),
  stats.measurements(bigint, timestamptz, timestamptz, stats.changes, api.metric[], bigint[], bigint[], bigint[])
to parley_analyst, parley_producer, parley_operator;
grant execute on function
  stats.flush(integer), stats.finish_days(), stats.work_off_rebuilds(integer), stats.record_verification(), stats.state()
to parley_worker;
grant execute on function
  stats.rebuild(bigint, timestamptz, timestamptz), stats.verify(bigint), stats.record_verification(), stats.state()
to parley_operator;
grant select on all tables in schema stats to parley_operator;
grant insert, update, delete on stats.analysts to parley_operator;
grant update (time_zone, reopen_within, short_abandon, satisfied_from, available_statuses), insert on stats.settings to parley_operator;
-- What reports read, and call with the rights of who asks. Sums they read with the owner's.
grant execute on function
  stats.sum(bigint), stats._ms(interval), stats._bucket(bigint), stats._has_times(api.metric), stats._names(api.dimension),
  stats._is_asked_for(bigint, bigint, bigint, bigint[], bigint[], bigint[]),
  stats._unresolved(bigint[], bigint[], bigint[]),
  stats._reading(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  stats._sums(stats.reading),
  stats._times(stats.reading, api.metric, boolean)
to parley_analyst;
grant select on stats.settings, stats.dialogs, stats.turns, stats.ownerships, stats.message_counts to parley_analyst;
grant execute on function stats.check_within(interval) to parley_analyst;

-- Business hours are an operator's to set. What follows from them is kept with the owner's rights.
grant insert, update, delete on stats.calendars, stats.calendar_hours, stats.calendar_holidays to parley_operator;
grant select on stats.calendars, stats.calendar_hours, stats.calendar_holidays to parley_analyst;
grant execute on function stats.check_zone(text), stats._name_distance(text, text), stats._ms(interval),
  stats._week_hours(text), stats.set_calendar(bigint, text, text, date, bigint),
  stats.business_ms(bigint, bigint, timestamptz, timestamptz)
to parley_operator;
grant execute on function stats.extend_calendars() to parley_worker;
--! EndIncluded stats/grants.sql
--! EndIncluded stats/index.sql
--! Included api/dialogs.sql
-- All conditions are outside of the union, and there is no join: so a page by started_at or resolved_at is read from the index of that
-- order, and merged with the few dialogs that have changed.
create or replace view api.dialogs with (security_invoker = true) as
select
  d.dialog_id as id,
  d.account_id,
  d.conversation_id,
  d.inbox_id,
  d.contact_id,
  d.team_id,
  d.status::integer as status,
  d.started_at,
  d.first_open_at,
  d.first_assigned_at,
  d.first_customer_message_at,
  d.first_reply_at,
  d.resolved_at,
  d.status_since,
  d.waiting_since,
  d.first_assignee_id,
  d.first_replier_id,
  d.assignee_id,
  case when d.first_assigned_at is not null
    then stats._ms(greatest(d.first_assigned_at, d.first_open_at) - d.first_open_at) end / 1000::double precision as queue_wait_s,
  d.queue_wait_business_ms / 1000::double precision as queue_wait_business_s,
  case when d.first_reply_at is not null and d.first_customer_message_at is not null
    then stats._ms(greatest(d.first_reply_at, d.started_at) - d.started_at) end / 1000::double precision as first_response_s,
  case when d.first_customer_message_at is not null then d.first_response_business_ms end
    / 1000::double precision as first_response_business_s,
  case when d.first_reply_at is not null and d.first_customer_message_at is not null
    then stats._ms(greatest(d.first_reply_at, d.first_open_at) - d.first_open_at) end / 1000::double precision as first_response_human_s,
  case when d.first_customer_message_at is not null then d.first_response_human_business_ms end
    / 1000::double precision as first_response_human_business_s,
  stats._ms(d.resolved_at - d.started_at) / 1000::double precision as resolution_s,
  d.resolution_business_ms / 1000::double precision as resolution_business_s,
  d.bot_ms / 1000::double precision as bot_s,
  d.open_ms / 1000::double precision as open_s,
  d.snoozed_ms / 1000::double precision as snoozed_s,
  d.customer_waiting_ms / 1000::double precision as customer_waiting_s,
  d.handle_ms / 1000::double precision as handle_s,
  d.agents,
  d.transfers,
  d.messages_received,
  d.replies,
  d.bot_messages,
  d.turns,
  d.previous_resolved_at,
  d.reopened_at,
  d.is_reopened,
  d.is_first_contact_resolution,
  d.is_bot_contained,
  d.is_abandoned,
  d.is_short_abandoned,
  d.is_dropped,
  d.rating,
  d.is_satisfied,
  d.rated_at,
  d.wrapup_category_id,
  d.wrapup_agent_id,
  d.wrapped_up_at
from (
  select false as is_fresh, f.* from stats.dialogs f
  union all
  select true, f.* from stats.pending((select stats.current_account())) p cross join lateral unnest(p.dialogs) f
) d
where d.account_id = (select stats.current_account())
  and (d.is_fresh or d.dialog_id not in (select unnest(stats.pending_ids((select stats.current_account())))));

comment on view api.dialogs is
  E'@primaryKey id\nDialogs, as of the last commit. Order by started_at or resolved_at to page through them.';
comment on column api.dialogs.id is E'@notNull\nUnique in the whole database.';
comment on column api.dialogs.account_id is E'@notNull\nThe account.';
comment on column api.dialogs.conversation_id is E'@notNull\nThe conversation, of which it is one dialog.';
comment on column api.dialogs.inbox_id is E'@notNull\nWhere the contact wrote.';
comment on column api.dialogs.contact_id is 'The customer.';
comment on column api.dialogs.team_id is 'The team that resolved it, or has it now.';
comment on column api.dialogs.status is E'@notNull\n0 open, 1 resolved, 2 pending (with the bot), 3 snoozed';
comment on column api.dialogs.started_at is E'@notNull\nWhen it left "resolved", or its conversation was created.';
comment on column api.dialogs.first_open_at is 'When it reached agents; null while the bot has it.';
comment on column api.dialogs.first_assigned_at is 'When it first had an agent.';
comment on column api.dialogs.first_customer_message_at is
  'First message of the customer; null: the agent began, and no answer has come.';
comment on column api.dialogs.first_reply_at is 'First public message that a person wrote, not the bot, a campaign or a rule.';
comment on column api.dialogs.resolved_at is 'When it was resolved; null: it lasts.';
comment on column api.dialogs.status_since is E'@notNull\nTime of the last change of status.';
comment on column api.dialogs.waiting_since is
  'First message of the customer that nobody has answered yet; null: none, or resolved.';
comment on column api.dialogs.first_assignee_id is 'The agent who had it first; null: nobody yet.';
comment on column api.dialogs.first_replier_id is 'The agent who wrote the first reply.';
comment on column api.dialogs.assignee_id is 'The agent who has it, or resolved it; null: nobody.';
comment on column api.dialogs.queue_wait_s is 'Seconds from first_open_at to the first agent; 0 if it had one then.';
comment on column api.dialogs.queue_wait_business_s is 'queue_wait_s within business hours.';
comment on column api.dialogs.first_response_s is 'Seconds from started_at to the first reply, if the customer has written.';
comment on column api.dialogs.first_response_business_s is 'first_response_s within business hours.';
comment on column api.dialogs.first_response_human_s is
  'Seconds from first_open_at to the first reply, if the customer has written.';
comment on column api.dialogs.first_response_human_business_s is 'first_response_human_s within business hours.';
comment on column api.dialogs.resolution_s is 'Seconds from started_at to resolved_at.';
comment on column api.dialogs.resolution_business_s is 'resolution_s within business hours.';
comment on column api.dialogs.bot_s is E'@notNull\nSeconds in pending, of finished intervals.';
comment on column api.dialogs.open_s is E'@notNull\nSeconds open, of finished intervals.';
comment on column api.dialogs.snoozed_s is E'@notNull\nSeconds snoozed, of finished intervals.';
comment on column api.dialogs.customer_waiting_s is E'@notNull\nSeconds that the customer waited for replies, of finished turns.';
comment on column api.dialogs.handle_s is E'@notNull\nSeconds that agents had it while it was open, of finished intervals.';
comment on column api.dialogs.agents is E'@notNull\nHow many agents have had it.';
comment on column api.dialogs.transfers is E'@notNull\nChanges from one agent to another.';
comment on column api.dialogs.messages_received is E'@notNull\nMessages of the customer until it was resolved.';
comment on column api.dialogs.replies is E'@notNull\nPublic messages that persons wrote until it was resolved.';
comment on column api.dialogs.bot_messages is E'@notNull\nPublic messages of bots, and templates, until it was resolved.';
comment on column api.dialogs.turns is E'@notNull\nHow often the customer waited for a reply.';
comment on column api.dialogs.previous_resolved_at is 'When the dialog before it in the conversation was resolved.';
comment on column api.dialogs.reopened_at is 'When the next dialog of the conversation started.';
comment on column api.dialogs.is_reopened is E'@notNull\nResolved, and the next dialog started within settings.reopen_within.';
comment on column api.dialogs.is_first_contact_resolution is
  E'@notNull\nResolved by one agent without transfer, no dialog within reopen_within before or after it.';
comment on column api.dialogs.is_bot_contained is E'@notNull\nResolved with an answer of the bot and none of a person.';
comment on column api.dialogs.is_abandoned is
  E'@notNull\nOpen to agents, the customer wrote, resolved without a reply of a person.';
comment on column api.dialogs.is_short_abandoned is E'@notNull\nAbandoned within settings.short_abandon after it was open.';
comment on column api.dialogs.is_dropped is E'@notNull\nResolved while the customer waited for a reply.';
comment on column api.dialogs.rating is 'The last grade that was submitted for it.';
comment on column api.dialogs.is_satisfied is 'Whether that is settings.satisfied_from or better; null: not rated.';
comment on column api.dialogs.rated_at is 'When it was rated.';
comment on column api.dialogs.wrapup_category_id is 'The chat server''s number of the category of the last wrap-up.';
comment on column api.dialogs.wrapup_agent_id is 'Who submitted the last wrap-up.';
comment on column api.dialogs.wrapped_up_at is 'When.';
--! EndIncluded api/dialogs.sql
--! Included api/turns.sql
-- As api.dialogs.
create or replace view api.turns with (security_invoker = true) as
select
  d.dialog_id,
  d.n,
  d.account_id,
  d.inbox_id,
  d.team_id,
  d.agent_id,
  d.waiting_since,
  d.replied_at,
  d.reply_ms / 1000::double precision as reply_s,
  d.reply_business_ms / 1000::double precision as reply_business_s
from (
  select false as is_fresh, f.* from stats.turns f
  union all
  select true, f.* from stats.pending((select stats.current_account())) p cross join lateral unnest(p.turns) f
) d
where d.account_id = (select stats.current_account())
  and (d.is_fresh or d.dialog_id not in (select unnest(stats.pending_ids((select stats.current_account())))));

comment on view api.turns is
  E'@primaryKey dialog_id,n\nTurns of customers, as of the last commit: from the first unanswered message of the customer to the next reply of a person.';
comment on column api.turns.dialog_id is E'@notNull\nThe dialog.';
comment on column api.turns.n is E'@notNull\nFrom 1 on, in order of time.';
comment on column api.turns.account_id is E'@notNull\nThe account.';
comment on column api.turns.inbox_id is E'@notNull\nOf the dialog.';
comment on column api.turns.team_id is 'Of the dialog.';
comment on column api.turns.agent_id is 'Who replied; null: nobody yet.';
comment on column api.turns.waiting_since is E'@notNull\nFirst unanswered message of the customer.';
comment on column api.turns.replied_at is 'Next reply of a person; null: unanswered.';
comment on column api.turns.reply_s is 'Seconds from waiting_since to replied_at.';
comment on column api.turns.reply_business_s is 'reply_s within business hours.';
--! EndIncluded api/turns.sql
--! Included api/ownerships.sql
-- As api.dialogs.
create or replace view api.ownerships with (security_invoker = true) as
select
  d.dialog_id,
  d.n,
  d.account_id,
  d.inbox_id,
  d.team_id,
  d.agent_id,
  d.previous_agent_id,
  d.began_at,
  d.ended_at,
  d.first_reply_at,
  stats._ms(d.first_reply_at - d.began_at) / 1000::double precision as first_reply_s,
  d.handle_ms / 1000::double precision as handle_s,
  d.resolved_at
from (
  select false as is_fresh, f.* from stats.ownerships f
  union all
  select true, f.* from stats.pending((select stats.current_account())) p cross join lateral unnest(p.ownerships) f
) d
where d.account_id = (select stats.current_account())
  and (d.is_fresh or d.dialog_id not in (select unnest(stats.pending_ids((select stats.current_account())))));

comment on view api.ownerships is
  E'@primaryKey dialog_id,n\nWho had a dialog when, as of the last commit: a row for every time that an agent had it.';
comment on column api.ownerships.dialog_id is E'@notNull\nThe dialog.';
comment on column api.ownerships.n is E'@notNull\nFrom 1 on, in order of time.';
comment on column api.ownerships.account_id is E'@notNull\nThe account.';
comment on column api.ownerships.inbox_id is E'@notNull\nOf the dialog.';
comment on column api.ownerships.team_id is 'Of the dialog.';
comment on column api.ownerships.agent_id is E'@notNull\nWho had it.';
comment on column api.ownerships.previous_agent_id is 'From whom it was transferred; null: from nobody.';
comment on column api.ownerships.began_at is E'@notNull\nWhen the agent got the dialog.';
comment on column api.ownerships.ended_at is 'Transferred, unassigned or resolved; null: still has it.';
comment on column api.ownerships.first_reply_at is 'The first reply that this agent wrote meanwhile.';
comment on column api.ownerships.first_reply_s is 'Seconds from began_at to first_reply_at.';
comment on column api.ownerships.handle_s is E'@notNull\nSeconds that it was open meanwhile, of finished intervals.';
comment on column api.ownerships.resolved_at is 'When the dialog was resolved; null: it lasts.';
--! EndIncluded api/ownerships.sql
--! Included api/dialogs_behind.sql
create or replace function api.dialogs_behind(
  metric api.metric,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.dialogs
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_metric constant api.metric := metric;
  v_reading stats.reading;
  v_dialog_ids bigint[];
begin
  select r.* into v_reading from stats._reading('account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  v_dialog_ids := array(
    select m.dialog_id
    from (
      select null::stats.changes as changes
      union all
      select stats._changes(p) from stats.pending(v_reading.account_id) p
    ) c
    cross join lateral stats.measurements(v_reading.account_id, v_reading.opens, v_reading.closes, c.changes, array[v_metric],
      agent_ids, team_ids, inbox_ids) m
    group by m.dialog_id
    having sum(m.n) > 0
  );
  return query select d.* from api.dialogs d where d.id = any (v_dialog_ids) order by d.started_at, d.id;
end $$;

comment on function api.dialogs_behind(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'The dialogs that report counts under a metric, each once, in the order in which they started, with the same window and filters. Errors: PA050 to PA053.';
--! EndIncluded api/dialogs_behind.sql
--! Included api/concurrency.sql
-- With the owner's rights, since analysts do not read schema chat: one account's rows are asked for by its id.
create or replace function api.concurrency(
  since timestamptz,
  until timestamptz,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.concurrency_row
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off
set max_parallel_workers_per_gather = 0
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := stats.current_account();
begin
  perform stats.check_window(since, until);
  -- Nothing has been handled yet of what is still to come.
  until := least(until, broker.now());
  if since >= until then
    return;
  end if;

  return query
  with handled as (
    select h.agent_id, h.dialogs, t.handled, t.busy, p.depth, p.at
    from stats._handled(v_account_id, since, until, agent_ids, team_ids, inbox_ids) h
    cross join lateral (
      select sum(d.ended_at - d.began_at) as handled, range_agg(tstzrange(d.began_at, d.ended_at)) as busy
      from unnest(h.begins, h.ends) d (began_at, ended_at)
    ) t
    -- When the n-th dialog begins there are n of them, less those that have ended by then.
    cross join lateral (
      select b.n - width_bucket(b.at, h.ends) as depth, b.at
      from unnest(h.begins) with ordinality b (at, n)
      order by depth desc, b.at
      limit 1
    ) p
  ),
  presences as (
    select p.agent_id,
      coalesce(range_agg(tstzrange(greatest(p.began_at, since), least(p.ended_at, until))) filter (where p.is_available), '{}') as available
    from stats.presences(v_account_id, since, until, agent_ids) p
    group by p.agent_id
  ),
  agents as (
    select agent_id, h.dialogs, h.handled, h.depth, h.at, s.busy, s.available, s.busy_available
    from handled h
    full join presences p using (agent_id)
    cross join lateral (
      select stats._length(h.busy), stats._length(p.available), stats._length(h.busy * p.available)
    ) s (busy, available, busy_available)
    where h.agent_id is not null or team_ids is null and inbox_ids is null and p.available <> '{}'
  )
  select a.agent_id, u.name, coalesce(a.dialogs, 0), coalesce(stats._ms(a.handled), 0) / 1000::double precision,
    coalesce(stats._ms(a.busy), 0) / 1000::double precision,
    stats._ms(a.handled)::double precision / nullif(stats._ms(a.busy), 0),
    coalesce(a.depth, 0), a.at, stats._ms(a.available) / 1000::double precision,
    coalesce(stats._ms(a.busy_available), 0)::double precision / nullif(stats._ms(a.available), 0)
  from agents a
  join chat.users u on u.account_id = v_account_id and u.id = a.agent_id
  order by a.agent_id;
end $$;

comment on function api.concurrency(timestamptz, timestamptz, bigint[], bigint[], bigint[]) is
  'How many dialogs agents handled at once in [since, until), as of the last commit: a row for everyone who handled one or, unless '
  'teams or inboxes are asked for, was available. since and until are on a full quarter of an hour; of what is to come nothing is counted. '
  '0 among team_ids: dialogs without a team.';
--! EndIncluded api/concurrency.sql
--! Included api/report.sql
-- Inlined, hence no set search_path: what is not selected is not computed, and its plan is kept by whoever prepares the query. That
-- makes it much faster than a report in plpgsql, which computes every column.
create or replace function api.report(
  by api.dimension default 'account',
  unit api.unit default null,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.report_row
language sql stable
begin atomic
select s.period_start,
  s.period_end,
  nullif(s.id, 0),
  n.name,
  coalesce(s.dialogs_started_n, 0),
  coalesce(s.offered_n, 0),
  coalesce(s.handed_off_n, 0),
  coalesce(s.handed_off_total, 0) / 1000::double precision,
  round(s.handed_off_total::double precision / nullif(s.handed_off_n, 0)) / 1000,
  coalesce(s.queue_wait_n, 0),
  coalesce(s.queue_wait_total, 0) / 1000::double precision,
  round(s.queue_wait_total::double precision / nullif(s.queue_wait_n, 0)) / 1000,
  coalesce(s.queue_wait_business, 0) / 1000::double precision,
  round(s.queue_wait_business::double precision / nullif(s.queue_wait_n, 0)) / 1000,
  coalesce(s.first_response_n, 0),
  coalesce(s.first_response_total, 0) / 1000::double precision,
  round(s.first_response_total::double precision / nullif(s.first_response_n, 0)) / 1000,
  coalesce(s.first_response_business, 0) / 1000::double precision,
  round(s.first_response_business::double precision / nullif(s.first_response_n, 0)) / 1000,
  coalesce(s.first_response_human_n, 0),
  coalesce(s.first_response_human_total, 0) / 1000::double precision,
  round(s.first_response_human_total::double precision / nullif(s.first_response_human_n, 0)) / 1000,
  coalesce(s.first_response_human_business, 0) / 1000::double precision,
  round(s.first_response_human_business::double precision / nullif(s.first_response_human_n, 0)) / 1000,
  coalesce(s.first_response_agent_n, 0),
  coalesce(s.first_response_agent_total, 0) / 1000::double precision,
  round(s.first_response_agent_total::double precision / nullif(s.first_response_agent_n, 0)) / 1000,
  coalesce(s.outbound_n, 0),
  coalesce(s.reply_time_n, 0),
  coalesce(s.reply_time_total, 0) / 1000::double precision,
  round(s.reply_time_total::double precision / nullif(s.reply_time_n, 0)) / 1000,
  coalesce(s.reply_time_business, 0) / 1000::double precision,
  round(s.reply_time_business::double precision / nullif(s.reply_time_n, 0)) / 1000,
  coalesce(s.resolution_n, 0),
  coalesce(s.resolution_total, 0) / 1000::double precision,
  round(s.resolution_total::double precision / nullif(s.resolution_n, 0)) / 1000,
  coalesce(s.resolution_business, 0) / 1000::double precision,
  round(s.resolution_business::double precision / nullif(s.resolution_n, 0)) / 1000,
  coalesce(s.active_resolution_n, 0),
  coalesce(s.active_resolution_total, 0) / 1000::double precision,
  round(s.active_resolution_total::double precision / nullif(s.active_resolution_n, 0)) / 1000,
  coalesce(s.bot_time_n, 0),
  coalesce(s.bot_time_total, 0) / 1000::double precision,
  round(s.bot_time_total::double precision / nullif(s.bot_time_n, 0)) / 1000,
  coalesce(s.snoozed_time_n, 0),
  coalesce(s.snoozed_time_total, 0) / 1000::double precision,
  round(s.snoozed_time_total::double precision / nullif(s.snoozed_time_n, 0)) / 1000,
  coalesce(s.assigned_to_resolved_n, 0),
  coalesce(s.assigned_to_resolved_total, 0) / 1000::double precision,
  round(s.assigned_to_resolved_total::double precision / nullif(s.assigned_to_resolved_n, 0)) / 1000,
  coalesce(s.customer_waiting_n, 0),
  coalesce(s.customer_waiting_total, 0) / 1000::double precision,
  round(s.customer_waiting_total::double precision / nullif(s.customer_waiting_n, 0)) / 1000,
  coalesce(s.reopened_n, 0),
  coalesce(s.reopened_n, 0)::double precision / nullif(s.resolution_n, 0),
  coalesce(s.first_contact_resolution_n, 0),
  coalesce(s.first_contact_resolution_n, 0)::double precision / nullif(s.resolution_n, 0),
  coalesce(s.bot_contained_n, 0),
  coalesce(s.bot_contained_n, 0)::double precision / nullif(s.resolution_n, 0),
  coalesce(s.abandoned_n, 0),
  coalesce(s.short_abandoned_n, 0),
  (coalesce(s.abandoned_n, 0) - coalesce(s.short_abandoned_n, 0))::double precision
    / nullif(greatest(coalesce(s.offered_n, 0) - coalesce(s.short_abandoned_n, 0), 0), 0),
  coalesce(s.dropped_n, 0),
  coalesce(s.dropped_n, 0)::double precision / nullif(s.resolution_n, 0),
  coalesce(s.transfers_in_n, 0),
  coalesce(s.transfers_out_n, 0),
  coalesce(s.handle_time_n, 0),
  coalesce(s.handle_time_total, 0) / 1000::double precision,
  round(s.handle_time_total::double precision / nullif(s.handle_time_n, 0)) / 1000,
  coalesce(s.dialogs_handled_n, 0),
  coalesce(s.dialogs_handled_total, 0) / 1000::double precision,
  round(s.dialogs_handled_total::double precision / nullif(s.dialogs_handled_n, 0)) / 1000,
  case when by = 'agent' or agent_ids is not null
    then round(s.handle_time_total::double precision / nullif(s.handle_time_n, 0))
    else round(s.dialogs_handled_total::double precision / nullif(s.dialogs_handled_n, 0))
  end / 1000,
  coalesce(s.messages_received_n, 0),
  coalesce(s.messages_sent_n, 0),
  coalesce(s.replies_sent_n, 0),
  coalesce(s.notes_n, 0),
  coalesce(s.mentions_n, 0),
  coalesce(s.replies_to_resolve_total, 0),
  s.replies_to_resolve_total::double precision / nullif(s.replies_to_resolve_n, 0),
  coalesce(s.messages_to_resolve_total, 0),
  s.messages_to_resolve_total::double precision / nullif(s.messages_to_resolve_n, 0),
  coalesce(s.ratings_n, 0),
  coalesce(s.ratings_total, 0),
  s.ratings_total::double precision / nullif(s.ratings_n, 0),
  coalesce(s.ratings_n, 0)::double precision / nullif(s.resolution_n, 0),
  coalesce(s.satisfied_n, 0),
  coalesce(s.satisfied_n, 0)::double precision / nullif(s.ratings_n, 0),
  coalesce(s.wrapups_n, 0)
from (
  select r.starts[p.nr] as period_start, r.ends[p.nr] as period_end, p.*
  from stats._reading(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) r
  cross join lateral (
    select m.nr, m.id,
    stats.sum(m.dialogs_started_n) as dialogs_started_n,
    stats.sum(m.offered_n) as offered_n,
    stats.sum(m.handed_off_n) as handed_off_n,
    stats.sum(m.handed_off_total) as handed_off_total,
    stats.sum(m.queue_wait_n) as queue_wait_n,
    stats.sum(m.queue_wait_total) as queue_wait_total,
    stats.sum(m.queue_wait_business) as queue_wait_business,
    stats.sum(m.first_response_n) as first_response_n,
    stats.sum(m.first_response_total) as first_response_total,
    stats.sum(m.first_response_business) as first_response_business,
    stats.sum(m.first_response_human_n) as first_response_human_n,
    stats.sum(m.first_response_human_total) as first_response_human_total,
    stats.sum(m.first_response_human_business) as first_response_human_business,
    stats.sum(m.first_response_agent_n) as first_response_agent_n,
    stats.sum(m.first_response_agent_total) as first_response_agent_total,
    stats.sum(m.outbound_n) as outbound_n,
    stats.sum(m.reply_time_n) as reply_time_n,
    stats.sum(m.reply_time_total) as reply_time_total,
    stats.sum(m.reply_time_business) as reply_time_business,
    stats.sum(m.resolution_n) as resolution_n,
    stats.sum(m.resolution_total) as resolution_total,
    stats.sum(m.resolution_business) as resolution_business,
    stats.sum(m.active_resolution_n) as active_resolution_n,
    stats.sum(m.active_resolution_total) as active_resolution_total,
    stats.sum(m.bot_time_n) as bot_time_n,
    stats.sum(m.bot_time_total) as bot_time_total,
    stats.sum(m.snoozed_time_n) as snoozed_time_n,
    stats.sum(m.snoozed_time_total) as snoozed_time_total,
    stats.sum(m.assigned_to_resolved_n) as assigned_to_resolved_n,
    stats.sum(m.assigned_to_resolved_total) as assigned_to_resolved_total,
    stats.sum(m.customer_waiting_n) as customer_waiting_n,
    stats.sum(m.customer_waiting_total) as customer_waiting_total,
    stats.sum(m.reopened_n) as reopened_n,
    stats.sum(m.first_contact_resolution_n) as first_contact_resolution_n,
    stats.sum(m.bot_contained_n) as bot_contained_n,
    stats.sum(m.abandoned_n) as abandoned_n,
    stats.sum(m.short_abandoned_n) as short_abandoned_n,
    stats.sum(m.dropped_n) as dropped_n,
    stats.sum(m.transfers_out_n) as transfers_out_n,
    stats.sum(m.transfers_in_n) as transfers_in_n,
    stats.sum(m.handle_time_n) as handle_time_n,
    stats.sum(m.handle_time_total) as handle_time_total,
    stats.sum(m.dialogs_handled_n) as dialogs_handled_n,
    stats.sum(m.dialogs_handled_total) as dialogs_handled_total,
    stats.sum(m.messages_received_n) as messages_received_n,
    stats.sum(m.messages_sent_n) as messages_sent_n,
    stats.sum(m.replies_sent_n) as replies_sent_n,
    stats.sum(m.notes_n) as notes_n,
    stats.sum(m.mentions_n) as mentions_n,
    stats.sum(m.replies_to_resolve_n) as replies_to_resolve_n,
    stats.sum(m.replies_to_resolve_total) as replies_to_resolve_total,
    stats.sum(m.messages_to_resolve_n) as messages_to_resolve_n,
    stats.sum(m.messages_to_resolve_total) as messages_to_resolve_total,
    stats.sum(m.ratings_n) as ratings_n,
    stats.sum(m.ratings_total) as ratings_total,
    stats.sum(m.satisfied_n) as satisfied_n,
    stats.sum(m.wrapups_n) as wrapups_n
    from (
      select width_bucket(f.starts_at, r.starts) as nr, case when by <> 'account' then f.dim_id else 0 end as id, f.*
      from stats._sums(r) f
    ) m
    group by m.nr, m.id
    -- A correction may leave nothing of somebody's numbers.
    having by = 'account' or stats.sum(m.n) > 0
  ) p
) s
left join stats._names(by) n on n.id = s.id
order by s.period_start, nullif(s.id, 0);
end;

comment on function api.report(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'What happened from since until until, by period and agent, team or inbox: all that is counted. unit: how long the periods '
  'are; without it the whole time is one. since and until are full quarters of an hour; without them it is the last 30 days, '
  'today included. time_zone: whose days; without it the account''s. Filters name the agents, teams or inboxes that something is '
  'credited to; 0: none. Of the account, periods in which nothing happened have a row of zeros; an agent, team or inbox has a '
  'row where something happened. As of the last commit. Errors: PA050 to PA053.';
--! EndIncluded api/report.sql
