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
