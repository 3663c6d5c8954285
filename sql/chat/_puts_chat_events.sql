create or replace function chat._puts_chat_events(account_id bigint, dialog_id bigint, at timestamptz) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return not chat._is_history(at, broker.now())
    and exists (select from chat.accounts a where a.id = account_id and a.puts_chat_events)
    and not exists (select from chat.chats c where c.dialog_id = _puts_chat_events.dialog_id);
end $$;

comment on function chat._puts_chat_events(bigint, bigint, timestamptz) is
  'Whether what happened in a dialog is put as an event: its account wants that, it is no history, and it did not arrive as an event.';
