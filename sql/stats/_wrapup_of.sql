-- A function of its own for the reason of stats._rating_of().
create or replace function stats._wrapup_of(account_id bigint, dialog_id bigint, chat_guid text, as_number bigint)
returns table (category_id integer, agent_id bigint, wrapped_up_at timestamptz)
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_nestloop = on
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
begin
  return query
    select v.category_id, v.agent_id, v.submitted_at
    from stats._wrapups_of(_wrapup_of.account_id, _wrapup_of.chat_guid, _wrapup_of.as_number) c (wrapup_id)
    cross join lateral (
      select f.* from chat.chat_wrapups f where f.id = c.wrapup_id and f.dialog_id = _wrapup_of.dialog_id offset 0
    ) v
    order by v.put_at desc, v.event_id desc
    limit 1;
end $$;

comment on function stats._wrapup_of(bigint, bigint, text, bigint) is
  'The last wrap-up of a dialog: of those that could be about it, if chat.chat_wrapups says that they are.';
