create or replace function chat.reopen_conversation(conversation_id bigint, status integer default 0) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if status is null or status not in (0, 2) then
    raise exception using
      errcode = 'PA036',
      message = format('a conversation is reopened as 0 (open) or 2 (pending), not as %s', coalesce(status::text, 'null')),
      hint = 'To resolve or snooze it, use chat.resolve_conversation or chat.snooze_conversation.';
  end if;
  return chat._set_status(conversation_id, status);
end $$;

comment on function chat.reopen_conversation(bigint, integer) is
  'Makes a conversation open, or pending (with the bot). If it was resolved that starts a new dialog. False if it was so already. '
  'Errors: PA030, PA036.';
