create or replace function chat.store_agent_preference_changed(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id bigint := document ->> 'account_id';
  v_agent_id bigint := document ->> 'agent_id';
begin
  document := document || chat._begin_event(event_id, put_at, v_account_id);
  perform chat._agent(v_account_id, v_agent_id);

  insert into chat.agent_preferences as p
  select * from jsonb_populate_record(null::chat.agent_preferences, document)
  on conflict on constraint agent_preferences_pkey do update set event_id = excluded.event_id, put_at = excluded.put_at
    where p.event_id < excluded.event_id;
  if not found then
    return false;
  end if;

  -- Replaced as a whole.
  delete from chat.agent_preference_columns c where c.account_id = v_account_id and c.agent_id = v_agent_id;
  insert into chat.agent_preference_columns
  select * from jsonb_populate_recordset(null::chat.agent_preference_columns,
    chat._numbered(document -> 'columns', jsonb_build_object('account_id', v_account_id, 'agent_id', v_agent_id)));
  return true;
end $$;

comment on function chat.store_agent_preference_changed(bigint, timestamptz, jsonb) is
  'Stores what an agent prefers to see. Of several events for one agent the one put last is kept, in whatever order they come.';
