create or replace function chat.store_chat_wrapup_submitted(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id constant bigint := chat._account((document ->> 'account_id')::bigint);
  v_agent_id constant bigint := chat._agent(v_account_id, (document ->> 'agent_id')::bigint);
  v_id bigint;
begin
  insert into chat.wrapups
    (event_id, put_at, account_id, chat_number, agent_id, category_id, category_ids, comment, submitted_at)
  select store_chat_wrapup_submitted.event_id, store_chat_wrapup_submitted.put_at,
    v_account_id, w.chat_number, v_agent_id, w.category_id, w.category_ids, w.comment, w.submitted_at
  from jsonb_populate_record(null::chat.wrapups, document) w
  on conflict on constraint wrapups_event_id_key do nothing
  returning id into v_id;
  if v_id is null then
    return false;
  end if;

  insert into chat.wrapup_custom_fields
  select * from jsonb_populate_recordset(null::chat.wrapup_custom_fields,
    chat._numbered(document -> 'custom_fields', jsonb_build_object('wrapup_id', v_id)));
  return true;
end $$;

comment on function chat.store_chat_wrapup_submitted(bigint, timestamptz, jsonb) is
  'Stores a submitted wrap-up, whether its chat has been stored or not.';
