create or replace function chat._refuse_unknown_conversation(conversation_id bigint) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'PA030',
    message = case when conversation_id is null then 'conversation_id must not be null'
      else format('there is no conversation %s', conversation_id) end,
    hint = 'Insert it first, or use chat.open_conversation.';
end $$;

comment on function chat._refuse_unknown_conversation(bigint) is 'Raises PA030.';
