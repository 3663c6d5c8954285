create or replace function chat.mention_user(conversation_id bigint, user_id bigint, message_id bigint default null) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_id bigint;
begin
  insert into chat.mentions as m (conversation_id, user_id, message_id)
  values (mention_user.conversation_id, mention_user.user_id, mention_user.message_id)
  on conflict on constraint mentions_message_id_user_id_key do nothing
  returning m.id into v_id;
  if v_id is null then
    select m.id into v_id from chat.mentions m
    where m.message_id = mention_user.message_id and m.user_id = mention_user.user_id;
  end if;
  return v_id;
end $$;

comment on function chat.mention_user(bigint, bigint, bigint) is
  'Records that an agent was mentioned and returns the mention''s id; once for a message, if one is named. '
  'Errors: PA030, 23503 for an agent that the account does not have.';
