create or replace function chat.snooze_conversation(conversation_id bigint, until timestamptz default null) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if until <= broker.now() then
    raise exception using
      errcode = 'PA036',
      message = format('a conversation is snoozed until a time ahead, not %s', until),
      hint = 'Without a time it sleeps until somebody opens it or the contact writes.';
  end if;
  return chat._set_status(conversation_id, 3, until);
end $$;

comment on function chat.snooze_conversation(bigint, timestamptz) is
  'Puts a conversation aside, until that time or until it is opened. False if it is snoozed so already. Errors: PA030, PA036.';
