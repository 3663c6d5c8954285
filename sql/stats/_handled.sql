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
