create or replace function chat.stamp_conversation() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  -- On an update the row is locked by now, so nothing else can happen in the conversation.
  v_now constant timestamptz := broker.clock();
  v_at timestamptz;
  v_starts_dialog boolean;
  v_is_assigned boolean;
begin
  if tg_op = 'UPDATE' then
    -- The comparison of whole rows last: it costs the most.
    if new.status = old.status and new is not distinct from old then
      return new;
    end if;
    if new.dialog_id is distinct from old.dialog_id or new.created_at <> old.created_at then
      if chat._has_other_past(new, old) then
        return new;
      end if;
      new.dialog_id := old.dialog_id;
    end if;
    v_starts_dialog := old.status = 1 and new.status <> 1;
    v_is_assigned := new.assignee_id is distinct from old.assignee_id;
    if new.snoozed_until is not null and new.status <> 3 then
      new.snoozed_until := null;
    end if;
    if new.inbox_id <> old.inbox_id or new.team_id is distinct from old.team_id then
      perform chat._refuse_deleted_place(new.account_id, nullif(new.inbox_id, old.inbox_id), nullif(new.team_id, old.team_id));
    end if;
  else
    v_starts_dialog := new.status <> 1;
    v_is_assigned := new.assignee_id is not null;
    perform chat._refuse_deleted_place(new.account_id, new.inbox_id, new.team_id);
  end if;

  if new.assignee_id is not null and (v_is_assigned or v_starts_dialog)
    and chat._is_deleted_user(new.account_id, new.assignee_id)
  then
    if v_is_assigned then
      perform chat._refuse_deleted_user(new.account_id, new.assignee_id);
    end if;
    new.assignee_id := null;
    v_is_assigned := true;
  end if;
  if v_starts_dialog then
    new.dialog_id := nextval('chat.dialogs_id_seq');
  end if;

  if tg_op = 'INSERT' then
    if not v_starts_dialog then
      new.dialog_id := null;
    end if;
    new.created_at := least(new.created_at, v_now);
    perform chat._refuse_unusable_time(new.created_at);
    -- The status is logged at created_at, the assignment right behind it.
    new.updated_at := new.created_at + v_is_assigned::integer * interval '1 microsecond';
    return new;
  end if;

  if v_starts_dialog and old.dialog_id is null then
    perform chat._start_first_dialog(new.id, new.dialog_id);
  end if;

  v_at := v_now;
  if new.updated_at <> old.updated_at then
    v_at := chat._time_given(new.updated_at, v_now);
    if chat._is_history(v_at, v_now) then
      -- An older snapshot would not show what has been said since.
      perform chat._require_read_committed('history is told');
    end if;
  end if;
  if v_at <= old.updated_at or exists (
    select from chat.messages m
    where m.conversation_id = new.id and m.created_at > v_at - interval '2 microseconds'
  ) then
    v_at := chat._next_moment(new.id, old.updated_at);
  end if;
  -- Two events of one change are a microsecond apart; updated_at is the time of the later one.
  new.updated_at := v_at + (v_is_assigned and new.status <> old.status)::integer * interval '1 microsecond';
  return new;
end $$;

comment on function chat.stamp_conversation() is
  'Gives a change of a conversation its moment, behind all that has happened in it, and draws the id of the dialog that it starts. '
  'Errors: PA032, PA040, PA041.';
