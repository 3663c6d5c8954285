create or replace function api.live_agents(
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.live_agent_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return query
  select d.assignee_id, n.name, count(*) filter (where d.status = 0), count(*) filter (where d.status = 3),
    count(*) filter (where d.status = 0 and d.waiting_since is not null), min(d.waiting_since) filter (where d.status = 0)
  from stats._unresolved(agent_ids, team_ids, inbox_ids) d
  left join stats._names('agent') n on n.id = d.assignee_id
  where d.assignee_id is not null
  group by d.assignee_id, n.name
  order by d.assignee_id;
end $$;

comment on function api.live_agents(bigint[], bigint[], bigint[]) is
  'What each agent has this moment; of agents who have something.';
