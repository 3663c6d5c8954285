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
