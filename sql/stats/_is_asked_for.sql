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
