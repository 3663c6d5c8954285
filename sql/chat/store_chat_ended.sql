create or replace function chat.store_chat_ended(event_id bigint, put_at timestamptz, document jsonb) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
  v_event_id bigint;
  v_owner jsonb;
begin
  select c.id, c.event_id into v_id, v_event_id
  from chat.chats c
  where c.site_id = (document ->> 'site_id')::integer and c.chat_guid = document ->> 'chat_guid'
  for update;
  if v_event_id >= store_chat_ended.event_id then
    return false;
  end if;

  -- Replaced as a whole: the parts go with the row. Should two transactions store the same chat for the first time at
  -- once, the unique key makes one fail, and its retry finds the other's row.
  delete from chat.chats c where c.id = v_id;
  v_id := coalesce(v_id, nextval('chat.chats_id_seq'));
  v_owner := jsonb_build_object('chat_id', v_id);

  insert into chat.chats
  select * from jsonb_populate_record(null::chat.chats, document
    || jsonb_build_object('id', v_id, 'event_id', store_chat_ended.event_id, 'put_at', store_chat_ended.put_at));

  insert into chat.chat_messages
  select * from jsonb_populate_recordset(null::chat.chat_messages,
    chat._numbered(document -> 'messages', v_owner));

  insert into chat.chat_custom_fields
  select * from jsonb_populate_recordset(null::chat.chat_custom_fields,
    chat._numbered(document -> 'custom_fields', v_owner));

  insert into chat.chat_custom_variables
  select * from jsonb_populate_recordset(null::chat.chat_custom_variables,
    chat._numbered(document -> 'custom_variables', v_owner));

  insert into chat.chat_transfers
  select * from jsonb_populate_recordset(null::chat.chat_transfers,
    chat._numbered(document -> 'transfer_logs', v_owner));

  insert into chat.chat_attachments
  select * from jsonb_populate_recordset(null::chat.chat_attachments,
    chat._numbered(document -> 'attachments', v_owner));

  insert into chat.chat_bot_actions
  select * from jsonb_populate_recordset(null::chat.chat_bot_actions,
    chat._numbered(document -> 'bot_actions', v_owner));

  insert into chat.chat_cobrowses
  select * from jsonb_populate_recordset(null::chat.chat_cobrowses,
    chat._numbered(document -> 'cobrowse', v_owner));

  insert into chat.chat_visitors
  select * from jsonb_populate_recordset(null::chat.chat_visitors,
    chat._numbered(document -> 'visitor', v_owner));

  insert into chat.chat_salesforce
  select * from jsonb_populate_recordset(null::chat.chat_salesforce,
    chat._numbered(document -> 'salesforce', v_owner));

  insert into chat.chat_salesforce_field_values
  select f.*
  from unnest(array['cases', 'tasks', 'leads', 'create_contact', 'update_contact']) as r (record),
    jsonb_populate_recordset(null::chat.chat_salesforce_field_values,
      chat._numbered(document -> 'salesforce' -> r.record, v_owner || jsonb_build_object('record', r.record))) f;

  -- Wrap-ups know the number only.
  insert into chat.chat_numbers (site_id, chat_number, chat_guid)
  select (document ->> 'site_id')::integer, a.chat_number, document ->> 'chat_guid'
  from chat.chat_bot_actions a
  where a.chat_id = v_id and a.chat_number > 0
  on conflict do nothing;
  return true;
end $$;

comment on function chat.store_chat_ended(bigint, timestamptz, jsonb) is
  'Stores an ended chat with everything in it. Of several events for one chat the one put last is kept, in whatever order they come.';
