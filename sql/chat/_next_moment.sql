create or replace function chat._next_moment(conversation_id bigint, changed_at timestamptz) returns timestamptz
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_said_at timestamptz;
begin
  -- Not max(): planned on an empty table it may become a walk through all messages of the conversation.
  select m.created_at into v_said_at from chat.messages m
  where m.conversation_id = _next_moment.conversation_id
  order by m.created_at desc
  limit 1;
  return greatest(changed_at + interval '1 microsecond', v_said_at + interval '2 microseconds');
end $$;

comment on function chat._next_moment(bigint, timestamptz) is
  'The first moment after the last change and the last message of a conversation. Behind each message a microsecond is left free, '
  'for the first_response it may be.';
