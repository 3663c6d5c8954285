--! Previous: sha1:bfebf07208122cc8c0a4ecc02ef2d9813739a31a
--! Hash: sha1:c188ad065f10879148b20967bf819ea2a0eb281e
--! Message: notes one by one

-- What is said and happens is noted without grouping; a flush reads notes and facts in one snapshot; what is pending is looked for by hash.

--! Included stats/mark_said.sql
-- Activities (message_type 2) are not counted. Once a message: nearly all statements insert one, and to group it took longer than to note it.
create or replace function stats.mark_said() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id, since)
  select c.account_id, c.dialog_id, c.created_at from changed c where c.dialog_id is not null and c.message_type <> 2;
  return null;
end $$;

comment on function stats.mark_said() is 'Notes in which dialogs more was said, and since when.';
--! EndIncluded stats/mark_said.sql
--! Included stats/mark_happened.sql
-- Once an event, as stats.mark_said.
create or replace function stats.mark_happened() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select c.account_id, c.dialog_id from changed c
  where c.dialog_id is not null and c.name in ('conversation_pending', 'conversation_open', 'conversation_snoozed',
    'conversation_resolved', 'conversation_assigned');
  return null;
end $$;

comment on function stats.mark_happened() is 'Notes in whose dialogs something happened that statistics count.';
--! EndIncluded stats/mark_happened.sql
--! Included stats/_next_pending.sql
-- Stable: notes and what they are about are read in one snapshot. Were the facts read later, they would hold what was said since, and the
-- note of that, still to come, would not be of something later than all before: the dialog would not go on, but be computed whole.
create or replace function stats._next_pending(
  max_dialogs integer, submitted stats.submitted[], out ids bigint[], out dialogs integer, out facts stats.facts
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_stale stats.stale_dialog[];
begin
  -- No joins: planned while there is nothing to do, they would be nested, and take minutes once there is much.
  with noted as materialized (
    select n.id, n.dialog_id, n.since
    from (
      select r.id, r.dialog_id, r.since, dense_rank() over (order by r.first_id) as nr
      from (
        select f.id, f.dialog_id, f.since, min(f.id) over (partition by f.dialog_id) as first_id
        from (
          select s.id, s.dialog_id, s.since
          from stats.stale s
          where s.id >= (select h.id from stats.horizon h)
          order by s.id
          limit max_dialogs * 50
        ) f
      ) r
    ) n
    where n.nr <= max_dialogs
  )
  select array(select n.id from noted n),
    array(
      select row(c.dialog_id, min(c.since))::stats.stale_dialog
      from (
        select n.dialog_id, n.since from noted n
        union all
        select d, '-infinity'
        from unnest(submitted) s cross join lateral stats._dialogs_submitted_for(s.account_id, s.chat_guid, s.chat_number) d
      ) c
      group by c.dialog_id
    )
  into ids, v_stale;
  dialogs := cardinality(v_stale);
  if dialogs > 0 then
    facts := stats._compute(stats._with_neighbours(v_stale));
  end if;
end $$;

comment on function stats._next_pending(integer, stats.submitted[]) is
  'The facts of the dialogs that have been stale for longest, at most so many (dialogs), and the notes in stats.stale that say so (ids); and of '
  'dialogs that something was submitted for.';
--! EndIncluded stats/_next_pending.sql
--! Included stats/flush.sql
-- What is noted after the facts were read stays, and is looked at again. Readers see all of a flush, or none.
create or replace function stats.flush(max_dialogs integer default 2000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_newest_id bigint;
  v_submitted stats.submitted[];
  v_next record;
begin
  perform chat._require_read_committed('statistics are summed');
  if not pg_try_advisory_xact_lock(hashtextextended('stats.sums', 0)) then
    return 0;
  end if;

  -- Before this transaction has an id of its own: who drew an id of stats.stale until now has an older one.
  if pg_current_xact_id_if_assigned() is null then
    select s.last_value into v_newest_id from stats.stale_id_seq s;
  end if;
  with taken as (
    delete from stats.submitted s
    where s.id in (select f.id from stats.submitted f order by f.id limit max_dialogs)
    returning s
  )
  select array_agg(t.s) into v_submitted from taken t;
  select * into v_next from stats._next_pending(max_dialogs, v_submitted);
  if v_next.ids = '{}' and v_submitted is null then
    return 0;
  end if;

  delete from stats.stale s where s.id = any (v_next.ids);
  perform stats._move_horizon(v_newest_id);
  if v_next.dialogs > 0 then
    perform stats._apply(v_next.facts);
  end if;
  return greatest(v_next.dialogs, cardinality(v_submitted));
end $$;

comment on function stats.flush(integer) is
  'Sums what has changed: computes the facts of so many stale dialogs, adds the difference to the sums and stores the facts. '
  'Returns how many dialogs, or chats that something was submitted for, it took; 0: there is nothing to do, or another session does it. Error: PA040.';
--! EndIncluded stats/flush.sql
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
  v_pending stats.facts;
  v_pending_ids bigint[] := '{}';
begin
  if v_account_id is null then
    return;
  end if;
  for v_pending in select * from stats._pending(v_account_id) loop
    v_pending_ids := v_pending_ids || v_pending.stale;
    return query
    select d.status, d.assignee_id, d.waiting_since
    from unnest(v_pending.dialogs) d
    where d.resolved_at is null and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids);
  end loop;
  return query
  select d.status, d.assignee_id, d.waiting_since
  from stats.dialogs d
  -- Hashed: looked for in an array, each dialog would be compared with each pending one.
  where d.account_id = v_account_id and d.resolved_at is null and d.dialog_id not in (select unnest(v_pending_ids))
    and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids);
end $$;

comment on function stats._unresolved(bigint[], bigint[], bigint[]) is
  'What is unresolved this moment, of the agents, teams and inboxes that are asked for; 0: none. As of the last commit.';
--! EndIncluded stats/_unresolved.sql
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
          -- Hashed: looked for in an array, each would be compared with each pending one.
          where s.handled && v_window and s.dialog_id not in (select unnest(v_pending_ids))
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
revoke all on function stats._next_pending(integer, stats.submitted[]) from public;
