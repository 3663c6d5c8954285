create or replace function chat.place_mention() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_conversation chat.conversations := chat._lock_conversation(new.conversation_id);
  v_now constant timestamptz := broker.clock();
begin
  if new.account_id <> v_conversation.account_id then
    perform chat._refuse_other_account('mention', new.conversation_id);
  end if;
  new.account_id := v_conversation.account_id;
  if new.message_id is not null and not exists (
    select from chat.messages m where m.id = new.message_id and m.conversation_id = new.conversation_id
  ) then
    raise exception using
      errcode = 'PA037',
      message = format('conversation %s has no message %s', new.conversation_id, new.message_id),
      hint = 'Mention in the conversation of the message, or leave message_id out.';
  end if;

  new.mentioned_at := chat._time_given(new.mentioned_at, v_now);
  perform chat._refuse_unusable_time(new.mentioned_at);
  if new.mentioned_at < v_conversation.updated_at and chat._is_history(new.mentioned_at, v_now) then
    select coalesce(s.dialog_id, v_conversation.dialog_id) into v_conversation.dialog_id
    from chat._state_at(v_conversation.id, new.mentioned_at) s;
  else
    -- Live, it belongs to the dialog that lasts, so it cannot be older than that.
    new.mentioned_at := greatest(new.mentioned_at, v_conversation.updated_at);
  end if;
  new.dialog_id := v_conversation.dialog_id;

  new.created_at := least(new.created_at, v_now);
  if tg_op = 'INSERT' then
    new.updated_at := coalesce(new.updated_at, greatest(new.created_at, new.mentioned_at));
  elsif new.updated_at = old.updated_at then
    new.updated_at := v_now;
  end if;
  return new;
end $$;

comment on function chat.place_mention() is
  'Gives a mention the dialog of its moment (seed 003, part 3), also when a client moves mentioned_at. Errors: PA030, PA031, PA037, PA041.';
