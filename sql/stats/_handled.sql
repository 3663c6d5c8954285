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
