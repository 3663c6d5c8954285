create or replace function chat._place_event(new chat.events) returns chat.events
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_conversation chat.conversations;
  v_now timestamptz;
  v_next timestamptz;
begin
  v_conversation := chat._lock_conversation(new.conversation_id);
  v_now := broker.clock();
  v_next := chat._next_moment(v_conversation.id, v_conversation.updated_at);
  if new.account_id <> v_conversation.account_id or new.inbox_id <> v_conversation.inbox_id then
    perform chat._refuse_other_account('event', new.conversation_id);
  end if;
  if new.user_id is not null and not exists (
    select from chat.users u where u.account_id = v_conversation.account_id and u.id = new.user_id
  ) then
    raise exception using
      errcode = '23503',
      message = format('account %s has no agent %s', v_conversation.account_id, new.user_id),
      hint = 'Insert the agent into chat.users first, or leave user_id out: it is the assignee then.';
  end if;
  new.account_id := v_conversation.account_id;
  new.inbox_id := v_conversation.inbox_id;
  new.created_at := chat._time_given(new.created_at, v_now);

  if chat._is_history(new.created_at, v_now) and new.created_at < v_next - interval '1 millisecond' then
    perform chat._refuse_unusable_time(new.created_at);
    select coalesce(s.dialog_id, v_conversation.dialog_id), s.assignee_id
    into v_conversation.dialog_id, v_conversation.assignee_id
    from chat._state_at(v_conversation.id, new.created_at) s;
  else
    new.created_at := greatest(new.created_at, v_next);
    -- So that what comes next need not look for events that clients log.
    update chat.conversations c set updated_at = new.created_at where c.id = v_conversation.id;
  end if;

  new.dialog_id := v_conversation.dialog_id;
  new.user_id := coalesce(new.user_id, v_conversation.assignee_id);
  new.value := coalesce(new.value, floor(extract(epoch from new.created_at - v_conversation.created_at)));
  new.updated_at := greatest(new.updated_at, new.created_at);
  return new;
end $$;

comment on function chat._place_event(chat.events) is
  'An event that a client logs itself, with its moment, its dialog and what else was left out. Errors: PA030, PA031, '
  'PA041, 23503 for an agent that the account does not have.';
