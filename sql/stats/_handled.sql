create or replace function stats._handled(
  account_id bigint, since timestamptz, until timestamptz, agent_ids bigint[], team_ids bigint[], inbox_ids bigint[]
) returns table (agent_id bigint, dialog_id bigint, began_at timestamptz, ended_at timestamptz)
language plpgsql stable rows 10000
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
  select h.agent_id, h.dialog_id, greatest(lower(h.span), since), least(upper(h.span), until)
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
      where s.dialog_id not in (select unnest(v_pending_ids))
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
  where h.span && v_window;
end $$;

comment on function stats._handled(bigint, timestamptz, timestamptz, bigint[], bigint[], bigint[]) is
  'When agents handled dialogs (had them while they were open), cut to [since, until), as of the last commit. 0 among team_ids: no team.';
