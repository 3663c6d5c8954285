create or replace function api.live_board(
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.live_board_row
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return query
  select count(*) filter (where d.status = 0), count(*) filter (where d.status = 2), count(*) filter (where d.status = 3),
    count(*) filter (where d.status = 0 and d.assignee_id is null),
    count(*) filter (where d.status = 0 and d.waiting_since is not null), min(d.waiting_since) filter (where d.status = 0)
  from stats._unresolved(agent_ids, team_ids, inbox_ids) d
  having stats.current_account() is not null;
end $$;

comment on function api.live_board(bigint[], bigint[], bigint[]) is
  'What is unresolved this moment. Filters name the agents, teams and inboxes that have it; 0: none.';
