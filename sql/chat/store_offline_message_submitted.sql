create or replace function chat.store_offline_message_submitted(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_owner jsonb := jsonb_build_object('event_id', event_id);
begin
  insert into chat.offline_messages
  select * from jsonb_populate_record(null::chat.offline_messages,
    document || chat._begin_event(event_id, put_at, (document ->> 'account_id')::bigint))
  on conflict on constraint offline_messages_pkey do nothing;
  if not found then
    return false;
  end if;

  insert into chat.offline_message_custom_fields
  select * from jsonb_populate_recordset(null::chat.offline_message_custom_fields,
    chat._numbered(document -> 'custom_fields', v_owner));

  insert into chat.offline_message_custom_variables
  select * from jsonb_populate_recordset(null::chat.offline_message_custom_variables,
    chat._numbered(document -> 'custom_variables', v_owner));
  return true;
end $$;

comment on function chat.store_offline_message_submitted(bigint, timestamptz, jsonb) is
  'Stores a message that a visitor left while nobody was there.';
