-- Runs for every message, so it asks twice and no more: for the conversation, which that locks, and for what may have
-- been said at its moment or later. The second is a query of its own: it must see what was committed while the lock
-- was waited for.
create or replace function chat.place_message() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_is_elsewhere boolean;
  v_assignee_id bigint;
  v_changed_at timestamptz;
  v_now timestamptz;
  v_at timestamptz;
  v_next timestamptz;
begin
  select new.account_id <> c.account_id or new.inbox_id <> c.inbox_id,
    c.account_id, c.inbox_id, c.dialog_id, c.assignee_id, c.updated_at
  into v_is_elsewhere, new.account_id, new.inbox_id, new.dialog_id, v_assignee_id, v_changed_at
  from chat.conversations c
  where c.id = new.conversation_id
  for no key update;
  if not found then
    perform chat._refuse_unknown_conversation(new.conversation_id);
  end if;
  if v_is_elsewhere then
    perform chat._refuse_other_account('message', new.conversation_id);
  end if;

  v_now := broker.clock();
  v_at := chat._time_given(new.created_at, v_now);
  if v_at <= v_changed_at or exists (
    select from chat.messages m
    where m.conversation_id = new.conversation_id and m.created_at > v_at - interval '2 microseconds'
  ) then
    v_next := chat._next_moment(new.conversation_id, v_changed_at);
    -- A time that ties with what happened last only tells that it happened next.
    if chat._is_history(v_at, v_now) and v_at < v_next - interval '1 millisecond' then
      perform chat._refuse_unusable_time(v_at);
      select coalesce(s.dialog_id, new.dialog_id), s.assignee_id into new.dialog_id, v_assignee_id
      from chat._state_at(new.conversation_id, v_at) s;
    else
      v_at := v_next;
    end if;
  end if;

  new.created_at := v_at;
  new.updated_at := greatest(new.updated_at, v_at);
  new.additional_attributes := coalesce(new.additional_attributes, '{}')
    || jsonb_build_object('user_id_assigned', v_assignee_id::text);
  return new;
end $$;

comment on function chat.place_message() is
  'Gives a new message its moment in the conversation, and the dialog and assignee of that moment. A time in the last minute is '
  'live: it is moved behind what has happened before. An older one is history and kept. Errors: PA030, PA031, PA041.';
