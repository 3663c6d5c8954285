create or replace function chat.unassign_conversation(conversation_id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return chat.assign_conversation(conversation_id, null);
end $$;

comment on function chat.unassign_conversation(bigint) is
  'Takes a conversation from its agent; its team keeps it. False if nobody had it. Error: PA030.';
