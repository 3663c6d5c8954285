create or replace function chat.dialog_of_chat(account_id bigint, chat_guid text) returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return (
    select c.dialog_id from chat.chats c
    where c.account_id = dialog_of_chat.account_id and c.chat_guid = dialog_of_chat.chat_guid
  );
end $$;

comment on function chat.dialog_of_chat(bigint, text) is 'The dialog of a chat that came as an event; null: it is not stored, or not yet.';
