create or replace function chat.resolve_conversation(conversation_id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return chat._set_status(conversation_id, 1);
end $$;

comment on function chat.resolve_conversation(bigint) is
  'Resolves a conversation, which ends its dialog. False if it was resolved already. Error: PA030.';
