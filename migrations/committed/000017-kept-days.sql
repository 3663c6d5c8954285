--! Previous: sha1:6649b2890736a8b5b2a56be1b7a89ea321b3c920
--! Hash: sha1:a56daa8583fef1448264ba7579fc3e21d31af1af
--! Message: kept days

-- What agents handled on a finished day is kept (decision 19): concurrency of a month was computed from all of its ownerships. Workers
-- keep the days that have ended until now, the latest first.

select stats._lock_sums();

create table stats.handled (
  account_id bigint not null,
  starts_at timestamptz not null,
  agent_id bigint not null,
  dialogs integer not null,
  handled_before timestamptz[] not null,
  handled interval not null,
  busy tstzmultirange not null,
  most integer not null,
  most_at timestamptz not null,
  primary key (account_id, starts_at, agent_id)
);
comment on table stats.handled is
  'What an agent handled (had while it was open) on a finished day, from which concurrency is added up; not true of days in stats.stale_days.';
comment on column stats.handled.starts_at is 'The first quarter of an hour of the day, in the account''s time zone.';
comment on column stats.handled.dialogs is 'How many dialogs.';
comment on column stats.handled.handled_before is
  'Of those that the same agent had handled before the day, until when, in order: whoever adds up days has counted those already.';
comment on column stats.handled.handled is 'Their times on this day, added up.';
comment on column stats.handled.busy is 'When there was at least one.';
comment on column stats.handled.most is 'How many at once at most.';
comment on column stats.handled.most_at is 'When there first were so many.';

create table stats.stale_days (
  account_id bigint not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (account_id, starts_at)
);
comment on table stats.stale_days is
  'Finished days, in the account''s time zone, on which what agents handled is not kept, or is no longer what stats.handled says.';

drop function stats._handled(bigint, timestamptz, timestamptz, bigint[], bigint[], bigint[]);

--! Included stats/_days.sql
-- Where a zone left out a day, that has no time, and is none.
create or replace function stats._days(time_zone text, since timestamptz, until timestamptz)
returns table (starts_at timestamptz, ends_at timestamptz)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select d.starts_at, d.ends_at
  from generate_series(
    stats._day(stats._slot(since), time_zone)::timestamp, stats._day(stats._slot(until - interval '1 microsecond'), time_zone)::timestamp, '1 day'
  ) l (midnight)
  cross join lateral (
    select stats._first_slot(l.midnight::date, time_zone), stats._first_slot(l.midnight::date + 1, time_zone)
  ) d (starts_at, ends_at)
  where d.starts_at < d.ends_at
$$;

comment on function stats._days(text, timestamptz, timestamptz) is 'The days of a time zone that overlap [since, until); none without a bound.';
--! EndIncluded stats/_days.sql
--! Included stats/_days_changed.sql
-- No two ownerships of a dialog overlap: so what differs of all that an agent handled is what differs of the changed ones.
create or replace function stats._days_changed(changes stats.changes) returns setof stats.stale_days
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  -- Most changes are of a day that has not ended.
  if not exists (
    select from (
      select o.account_id, min(o.began_at) as began_at
      from unnest((changes.removed).ownerships || (changes.added).ownerships) o
      group by o.account_id
    ) c
    join stats.settings f on f.account_id = c.account_id
    where c.began_at < stats._first_slot(f.days_until, f.time_zone)
  ) then
    return;
  end if;

  return query
  with finished as materialized (
    select f.account_id, f.time_zone, stats._first_slot(f.days_until, f.time_zone) as ends_at
    from stats.settings f
    where f.days_until is not null and f.account_id in (
      select o.account_id from unnest((changes.removed).ownerships || (changes.added).ownerships) o
    )
  ),
  changed as (
    select f.account_id, f.time_zone, f.ends_at, o.agent_id, o.dialog_id,
      coalesce(range_agg(o.handled) filter (where o.is_new), '{}') * tstzmultirange(tstzrange(null, f.ends_at)) as added,
      coalesce(range_agg(o.handled) filter (where not o.is_new), '{}') * tstzmultirange(tstzrange(null, f.ends_at)) as removed
    from (
      select true as is_new, a.account_id, a.agent_id, a.dialog_id, a.began_at, a.handled from unnest((changes.added).ownerships) a
      union all
      select false, r.account_id, r.agent_id, r.dialog_id, r.began_at, r.handled from unnest((changes.removed).ownerships) r
    ) o
    join finished f on f.account_id = o.account_id
    where o.began_at < f.ends_at
    group by f.account_id, f.time_zone, f.ends_at, o.agent_id, o.dialog_id
  )
  select distinct c.account_id, d.starts_at, d.ends_at
  from changed c
  cross join lateral (
    select coalesce(range_agg(s.handled), '{}') as handled from stats.ownerships s
    where s.dialog_id = c.dialog_id and s.agent_id = c.agent_id
    offset 0
  ) stored
  -- What is handled on a later day has been handled before, since another moment.
  cross join lateral unnest(
    (stored.handled + c.added) * tstzmultirange(tstzrange(lower((c.added - c.removed) + (c.removed - c.added)), c.ends_at))
  ) touched (span)
  cross join lateral stats._days(c.time_zone, lower(touched.span), upper(touched.span)) d
  where c.added <> c.removed;
end $$;

comment on function stats._days_changed(stats.changes) is
  'The finished days of which stats.handled says something else with these changes. Asked before they are stored.';
--! EndIncluded stats/_days_changed.sql
--! Included stats/_mark_days.sql
create or replace function stats._mark_days(account_id bigint, since timestamptz, until timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  insert into stats.stale_days
  select f.account_id, d.starts_at, d.ends_at
  from stats.settings f
  -- Nothing was handled before.
  cross join lateral (select min(o.began_at) as began_at from stats.ownerships o where o.account_id = f.account_id) first
  cross join lateral stats._days(
    f.time_zone, case when first.began_at is not null then greatest(since, first.began_at) end,
    least(until, stats._first_slot(f.days_until, f.time_zone))
  ) d
  where f.account_id = _mark_days.account_id and f.days_until is not null
  on conflict do nothing;
end $$;

comment on function stats._mark_days(bigint, timestamptz, timestamptz) is
  'Notes that what was handled on the finished days that overlap [since, until) is to be kept anew.';
--! EndIncluded stats/_mark_days.sql
--! Included stats/_handled.sql
create or replace function stats._handled(
  account_id bigint, since timestamptz, until timestamptz, opens timestamptz, pending stats.facts,
  agent_ids bigint[] default null, team_ids bigint[] default null, inbox_ids bigint[] default null
) returns table (
  agent_id bigint, dialogs integer, handled_before timestamptz[], handled interval, busy tstzmultirange, most integer, most_at timestamptz
)
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := account_id;
  v_window constant tstzrange := tstzrange(since, until);
  v_before constant tstzmultirange := tstzmultirange(tstzrange(null, since));
  v_looks_back constant boolean := opens < since;
  v_pending_ids constant bigint[] := coalesce(pending.stale, '{}');
begin
  return query
  select a.agent_id, (select count(distinct d.id)::integer from unnest(a.dialog_ids) d (id)),
    array(select max(r.at) from unnest(a.resumed_ids, a.resumed_at) r (id, at) group by r.id order by 1),
    t.handled, t.busy, p.depth, p.at
  from (
    select h.agent_id, h.dialog_ids, h.resumed_ids, h.resumed_at,
      -- Once: to sort each agent's times by themselves takes half as long as to sort all rows.
      array(select b.at from unnest(h.begins) b (at) order by b.at) as begins,
      array(select e.at from unnest(h.ends) e (at) order by e.at) as ends
    from (
      select s.agent_id, array_agg(s.dialog_id) as dialog_ids,
        array_agg(s.dialog_id) filter (where s.handled_before > opens) as resumed_ids,
        array_agg(s.handled_before) filter (where s.handled_before > opens) as resumed_at,
        array_agg(greatest(lower(s.span), since)) as begins, array_agg(least(upper(s.span), until)) as ends
      from (
        select o.agent_id, o.dialog_id, o.handled_before, unnest(o.handled) as span
        from (
          select s.agent_id, s.dialog_id, s.team_id, s.inbox_id, s.handled,
            case
              when not v_looks_back then null
              when s.n = 1 then upper(s.handled * v_before)
              else (
                select max(upper(e.handled * v_before)) from stats.ownerships e
                where e.dialog_id = s.dialog_id and e.n <= s.n and e.agent_id = s.agent_id
              )
            end as handled_before
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
          where s.handled && v_window and s.dialog_id <> all (v_pending_ids)
          union all
          select c.agent_id, c.dialog_id, c.team_id, c.inbox_id, c.handled,
            max(upper(c.handled * v_before)) over (partition by c.agent_id, c.dialog_id)
          from unnest(pending.ownerships) c
        ) o
        where (agent_ids is null or o.agent_id = any (agent_ids))
          and (team_ids is null or coalesce(o.team_id, 0) = any (team_ids))
          and (inbox_ids is null or o.inbox_id = any (inbox_ids))
      ) s
      where s.span && v_window
      group by s.agent_id
    ) h
    offset 0
  ) a
  cross join lateral (
    select sum(d.ended_at - d.began_at) as handled, range_agg(tstzrange(d.began_at, d.ended_at)) as busy
    from unnest(a.begins, a.ends) d (began_at, ended_at)
  ) t
  -- When the n-th dialog begins there are n of them, less those that have ended by then.
  cross join lateral (
    select (b.n - width_bucket(b.at, a.ends))::integer as depth, b.at
    from unnest(a.begins) with ordinality b (at, n)
    order by depth desc, b.at
    limit 1
  ) p;
end $$;

comment on function stats._handled(bigint, timestamptz, timestamptz, timestamptz, stats.facts, bigint[], bigint[], bigint[]) is
  'What agents handled (had while it was open) in [since, until), as stats.handled says it of a day: of the stored facts, or with pending '
  'ones in place of those that are stale. opens: when the window begins that this is a part of; what was handled before counts for nothing. '
  '0 among team_ids: no team.';
--! EndIncluded stats/_handled.sql
--! Included stats/keep_handled.sql
-- In chunks, so that the flush is not kept waiting; the latest days of an account first, which are asked for most.
create or replace function stats.keep_handled(max_days integer default 31) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_days stats.stale_days[];
  v_day stats.stale_days;
begin
  if not exists (select from stats.stale_days) then
    return 0;
  end if;
  perform stats._lock_sums();
  v_days := array(select d from stats.stale_days d order by d.account_id, d.starts_at desc limit max_days);
  foreach v_day in array v_days loop
    delete from stats.handled h
    where h.account_id = v_day.account_id and h.starts_at >= v_day.starts_at and h.starts_at < v_day.ends_at;
    insert into stats.handled
    select v_day.account_id, v_day.starts_at, h.*
    from stats._handled(v_day.account_id, v_day.starts_at, v_day.ends_at, '-infinity', null) h
    order by h.agent_id;
    delete from stats.stale_days d where d.account_id = v_day.account_id and d.starts_at = v_day.starts_at;
  end loop;
  return cardinality(v_days);
end $$;

comment on function stats.keep_handled(integer) is
  'Keeps what agents handled on so many finished days of which it is not kept, or no longer true (stats.stale_days). Returns how many; 0: '
  'nothing is left. Error: PA040.';
--! EndIncluded stats/keep_handled.sql
--! Included stats/_kept_days.sql
create or replace function stats._kept_days(account_id bigint, since timestamptz, until timestamptz) returns tstzmultirange
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_settings constant stats.settings := stats._settings(account_id);
  v_opens constant timestamptz := stats._first_slot(
    stats._day(stats._slot(since - interval '1 microsecond'), v_settings.time_zone) + 1, v_settings.time_zone
  );
  v_closes constant timestamptz := stats._first_slot(
    least(stats._day(stats._slot(until), v_settings.time_zone), v_settings.days_until), v_settings.time_zone
  );
begin
  if v_settings.days_until is null or v_opens >= v_closes then
    return '{}';
  end if;
  return tstzmultirange(tstzrange(v_opens, v_closes)) - coalesce(
    (
      select range_agg(tstzrange(d.starts_at, d.ends_at)) from stats.stale_days d
      where d.account_id = _kept_days.account_id and d.starts_at >= v_opens and d.starts_at < v_closes
    ),
    '{}'
  );
end $$;

comment on function stats._kept_days(bigint, timestamptz, timestamptz) is
  'The whole days within [since, until) of which stats.handled says what the stored facts say.';
--! EndIncluded stats/_kept_days.sql
--! Included stats/_handled_that_differ.sql
create or replace function stats._handled_that_differ(account_id bigint) returns setof stats.difference
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select 'handled', f.account_id, x.key, x.stored, x.computed
  from stats.settings f
  cross join lateral stats._days(
    f.time_zone,
    least(
      (select min(o.began_at) from stats.ownerships o where o.account_id = f.account_id),
      (select min(h.starts_at) from stats.handled h where h.account_id = f.account_id)
    ),
    stats._first_slot(f.days_until, f.time_zone)
  ) d
  cross join lateral (
    select jsonb_build_object('starts_at', starts_at, 'agent_id', agent_id), to_jsonb(s), to_jsonb(c)
    from (
      select h.* from stats.handled h
      where h.account_id = f.account_id and h.starts_at >= d.starts_at and h.starts_at < d.ends_at
    ) s
    full join (
      select f.account_id, d.starts_at, h.* from stats._handled(f.account_id, d.starts_at, d.ends_at, '-infinity', null) h
    ) c using (starts_at, agent_id)
    where s is distinct from c
  ) x (key, stored, computed)
  where f.account_id = _handled_that_differ.account_id and f.days_until is not null
    and not exists (select from stats.stale_days t where t.account_id = f.account_id and t.starts_at = d.starts_at)
$$;

comment on function stats._handled_that_differ(bigint) is 'Where what is kept of finished days is not what the stored facts say was handled.';
--! EndIncluded stats/_handled_that_differ.sql
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
  insert into stats.stale_days select d.* from stats._days_changed(v_changes) d on conflict do nothing;
  perform stats._replace(v_changes);
end $$;

comment on function stats._apply(stats.facts) is 'Stores these facts, adds to the sums what that changes, and notes the days on which it changes what agents handled.';
--! EndIncluded stats/_apply.sql
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
    perform stats._mark_days(
      v_account.account_id, stats._first_slot(coalesce(v_account.days_until, '-infinity'), v_account.time_zone), 'infinity'
    );
    v_accounts := v_accounts + 1;
  end loop;
  return v_accounts;
end $$;

comment on function stats.finish_days() is
  'Sums the days that have ended since the last call, and notes that what was handled on them is to be kept. Returns for how many accounts. '
  'Error: PA040.';
--! EndIncluded stats/finish_days.sql
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
    delete from stats.handled h where h.account_id = new.account_id;
    delete from stats.stale_days d where d.account_id = new.account_id;
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
  'Drops the days that were summed and kept for another time zone, and has dialogs computed anew if they are to be counted otherwise.';
--! EndIncluded stats/follow_settings.sql
--! Included stats/mark_all.sql
create or replace function stats.mark_all() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_table_name = 'dialogs' then
    truncate stats.dialogs, stats.turns, stats.ownerships, stats.message_counts, stats.sums, stats.times, stats.handled,
      stats.stale_days, stats.stale;
  else
    insert into stats.stale (account_id, dialog_id) select d.account_id, d.dialog_id from stats.dialogs d;
  end if;
  return null;
end $$;

comment on function stats.mark_all() is 'After TRUNCATE: without dialogs there is nothing to count; without what is in them all are counted anew.';
--! EndIncluded stats/mark_all.sql
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
    insert into stats.stale_days select d.* from stats._days_changed(v_changes) d on conflict do nothing;
    perform stats._replace(v_changes);
  end loop;

  perform stats._sum(account_id, v_since, v_until, '{slot,day}');
  delete from stats.handled h where h.account_id = rebuild.account_id and h.starts_at >= v_since and h.starts_at < v_until;
  perform stats._mark_days(account_id, v_since, v_until);
  for v_day in select distinct o.day from unnest(v_others) o (day) loop
    perform stats._sum(account_id, stats._first_slot(v_day, v_time_zone), stats._first_slot(v_day + 1, v_time_zone), '{slot,day}');
  end loop;
  return cardinality(v_dialog_ids);
end $$;

comment on function stats.rebuild(bigint, timestamptz, timestamptz) is
  'Computes the facts of all dialogs of an account that touch these days anew, and the sums of these days, whatever they were; what agents '
  'handled is kept anew by stats.keep_handled(). Returns '
  'how many dialogs it took. Readers see all of it or none; until then nothing else is summed. Error: PA040.';
--! EndIncluded stats/rebuild.sql
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
    return query select d.* from stats._handled_that_differ(v_account_id) d;
  end loop;
end $$;

comment on function stats.verify(bigint) is
  'Compares stored facts with the rows behind them, and sums with the facts, of one account or all: differences, of which there must be '
  'none. Reads everything.';
--! EndIncluded stats/verify.sql
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

alter table stats.handled enable row level security;
drop policy if exists analysts on stats.handled;
create policy analysts on stats.handled for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.handled;
create policy operators on stats.handled to parley_operator using (true);

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
  stats.pending(bigint), stats.pending_dialogs(bigint), stats.pending_changes(bigint), stats.pending_ids(bigint),
  stats.measurements(bigint, timestamptz, timestamptz, stats.changes, api.metric[], bigint[], bigint[], bigint[])
to parley_analyst, parley_producer, parley_operator;
grant execute on function
  stats.flush(integer), stats.finish_days(), stats.keep_handled(integer), stats.work_off_rebuilds(integer), stats.record_verification(), stats.state()
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
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := stats.current_account();
  v_facts stats.facts;
  v_pending stats.facts;
  -- Days of which what was handled is kept. By team and inbox it is not.
  v_kept tstzmultirange := '{}';
begin
  perform stats.check_window(since, until);
  -- Nothing has been handled yet of what is still to come.
  until := least(until, broker.now());
  if since >= until then
    return;
  end if;

  if team_ids is null and inbox_ids is null then
    v_kept := stats._kept_days(v_account_id, since, until);
  end if;
  for v_facts in select p.* from stats.pending(v_account_id) p loop
    v_pending.stale := v_pending.stale || v_facts.stale;
    v_pending.ownerships := v_pending.ownerships || v_facts.ownerships;
    if v_kept <> '{}' then
      v_kept := v_kept - coalesce(
        (select range_agg(tstzrange(d.starts_at, d.ends_at)) from stats._days_changed(stats._changes(v_facts)) d), '{}'
      );
    end if;
  end loop;

  return query
  with pieces as (
    select k.agent_id, k.dialogs, k.handled_before, k.handled, k.busy, k.most, k.most_at
    from unnest(v_kept) days
    cross join lateral (
      select h.* from stats.handled h
      where h.account_id = v_account_id and h.starts_at >= lower(days) and h.starts_at < upper(days)
        and (agent_ids is null or h.agent_id = any (agent_ids))
      offset 0
    ) k
    union all
    select h.*
    from unnest(tstzmultirange(tstzrange(since, until)) - v_kept) rest
    cross join lateral stats._handled(v_account_id, lower(rest), upper(rest), since, v_pending, agent_ids, team_ids, inbox_ids) h
  ),
  handled as (
    select p.agent_id,
      -- What was handled in the window before has been counted there.
      sum(p.dialogs - (cardinality(p.handled_before) - width_bucket(since, p.handled_before))) as dialogs,
      sum(p.handled) as handled, range_agg(p.busy) as busy,
      (array_agg(p.most order by p.most desc, p.most_at))[1]::bigint as most, (array_agg(p.most_at order by p.most desc, p.most_at))[1] as most_at
    from pieces p
    group by p.agent_id
  ),
  presences as (
    select p.agent_id,
      coalesce(range_agg(tstzrange(greatest(p.began_at, since), least(p.ended_at, until))) filter (where p.is_available), '{}') as available
    from stats.presences(v_account_id, since, until, agent_ids) p
    group by p.agent_id
  ),
  agents as (
    select agent_id, h.dialogs, h.handled, h.most, h.most_at, s.busy, s.available, s.busy_available
    from handled h
    full join presences p using (agent_id)
    cross join lateral (
      select stats._length(h.busy), stats._length(p.available), stats._length(h.busy * p.available)
      -- Measured once each.
      offset 0
    ) s (busy, available, busy_available)
    where h.agent_id is not null or team_ids is null and inbox_ids is null and p.available <> '{}'
  )
  select a.agent_id, u.name, coalesce(a.dialogs, 0), coalesce(stats._ms(a.handled), 0) / 1000::double precision,
    coalesce(stats._ms(a.busy), 0) / 1000::double precision,
    stats._ms(a.handled)::double precision / nullif(stats._ms(a.busy), 0),
    coalesce(a.most, 0), a.most_at, stats._ms(a.available) / 1000::double precision,
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

do $$
begin
  perform stats._mark_days(s.account_id, '-infinity', 'infinity') from stats.settings s;
end $$;
