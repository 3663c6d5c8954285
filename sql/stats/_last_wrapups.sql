-- A function of its own for the reason of stats._last_ratings().
create or replace function stats._last_wrapups(named stats.named_dialog[])
returns table (dialog_id bigint, category_id integer, agent_id bigint, wrapped_up_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select distinct on (d.dialog_id) d.dialog_id, v.category_id, v.agent_id, v.submitted_at
  from unnest(named) d
  cross join lateral stats._wrapups_of(d.account_id, d.chat_guid, d.as_number) c (wrapup_id)
  cross join lateral (
    select f.* from chat.chat_wrapups f where f.id = c.wrapup_id and f.dialog_id = d.dialog_id offset 0
  ) v
  order by d.dialog_id, v.put_at desc, v.event_id desc;
end $$;

comment on function stats._last_wrapups(stats.named_dialog[]) is
  'The last wrap-up of each dialog that has one: of those that could be about it, if chat.chat_wrapups says that they are.';
