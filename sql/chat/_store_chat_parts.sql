create or replace function chat._store_chat_parts(dialog_id bigint, chat jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_owner constant jsonb := jsonb_build_object('dialog_id', dialog_id);
begin
  -- Most chats have few of these, and a statement that inserts nothing costs as much as one that inserts a row.
  if jsonb_array_length(chat -> 'custom_fields') > 0 then
    insert into chat.chat_custom_fields
    select * from jsonb_populate_recordset(null::chat.chat_custom_fields, chat._numbered(chat -> 'custom_fields', v_owner));
  end if;
  if jsonb_array_length(chat -> 'custom_variables') > 0 then
    insert into chat.chat_custom_variables
    select * from jsonb_populate_recordset(null::chat.chat_custom_variables, chat._numbered(chat -> 'custom_variables', v_owner));
  end if;
  if jsonb_array_length(chat -> 'transfer_logs') > 0 then
    insert into chat.chat_transfers
    select * from jsonb_populate_recordset(null::chat.chat_transfers, chat._numbered(chat -> 'transfer_logs', v_owner));
  end if;
  if jsonb_array_length(chat -> 'attachments') > 0 then
    insert into chat.chat_attachments
    select * from jsonb_populate_recordset(null::chat.chat_attachments, chat._numbered(chat -> 'attachments', v_owner));
  end if;
  if jsonb_array_length(chat -> 'bot_actions') > 0 then
    insert into chat.chat_bot_actions
    select * from jsonb_populate_recordset(null::chat.chat_bot_actions, chat._numbered(chat -> 'bot_actions', v_owner));
  end if;
  if jsonb_typeof(chat -> 'cobrowse') = 'object' then
    insert into chat.chat_cobrowses
    select * from jsonb_populate_record(null::chat.chat_cobrowses, chat -> 'cobrowse' || v_owner);
  end if;
  if jsonb_typeof(chat -> 'visitor') = 'object' then
    insert into chat.chat_visitors
    select * from jsonb_populate_record(null::chat.chat_visitors, chat -> 'visitor' || v_owner);
  end if;
  if jsonb_typeof(chat -> 'salesforce') = 'object' then
    insert into chat.chat_salesforce
    select * from jsonb_populate_record(null::chat.chat_salesforce, chat -> 'salesforce' || v_owner);

    insert into chat.chat_salesforce_field_values
    select f.*
    from unnest(array['cases', 'tasks', 'leads', 'create_contact', 'update_contact']) as r (record),
      jsonb_populate_recordset(null::chat.chat_salesforce_field_values,
        chat._numbered(chat -> 'salesforce' -> r.record, v_owner || jsonb_build_object('record', r.record))) f;
  end if;
end $$;

comment on function chat._store_chat_parts(bigint, jsonb) is
  'Inserts the parts of a chat that came as an event for which the domain model has no place.';
