create or replace function chat._is_from_dialog(document jsonb, account_id bigint) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dialog_id constant bigint := document ->> 'dialog_id';
  v_conversation_id constant bigint := document ->> 'conversation_id';
  v_is_from_dialog boolean;
begin
  if v_dialog_id is null or v_conversation_id is null or document ->> 'chat_guid' <> v_dialog_id::text then
    return false;
  end if;
  select d.account_id = _is_from_dialog.account_id and d.conversation_id = v_conversation_id
    and not exists (select from chat.chats c where c.dialog_id = d.id)
  into v_is_from_dialog
  from chat.dialogs d
  where d.id = v_dialog_id;
  -- Its contact may have been deleted in the meantime, and must not come back by this.
  return coalesce(v_is_from_dialog, document ->> 'chat_guid' is not null);
end $$;

comment on function chat._is_from_dialog(jsonb, bigint) is
  'Whether an event was put by a dialog of that account (accounts.puts_chat_events): then it tells what the tables hold already, '
  'or held, and nothing is to be stored. Other documents may have members of the same names, which mean nothing here.';
