--! Previous: sha1:96d866a56f32fe4aaf7d690da12ca735c6b6656e
--! Hash: sha1:09c29ef5402e5f93536761203fcb2c881f421dd6
--! Message: cheaper changes

-- Changes of conversations and messages cost less: see docs/decisions/0012-dialogs-by-triggers.md.

-- Room for the next version of a dialog that lasts, beside it: a change of assignee then writes none of the indexes.
alter table chat.dialogs set (fillfactor = 85);

--! Included chat/_status_event.sql
-- No set search_path, so that it is inlined.
create or replace function chat._status_event(status smallint) returns text
language sql immutable parallel safe
return ('{conversation_open,conversation_resolved,conversation_pending,conversation_snoozed}'::text[])[status + 1];

comment on function chat._status_event(smallint) is 'The name of the event that is logged when a conversation gets that status.';
--! EndIncluded chat/_status_event.sql
--! Included chat/_events_of_change.sql
-- No set search_path, so that it is inlined.
create or replace function chat._events_of_change(
  old_status smallint, status smallint, old_assignee_id bigint, assignee_id bigint, old_dialog_id bigint, dialog_id bigint
) returns text[]
language sql immutable parallel safe
return case
  when old_status = status then case
    -- A resolved conversation whose past gets another last dialog has that one's assignee: nothing happens now.
    when old_assignee_id is not distinct from assignee_id or status = 1 and old_dialog_id is distinct from dialog_id then '{}'
    else '{conversation_assigned}'::text[]
  end
  when old_assignee_id is not distinct from assignee_id then array[chat._status_event(status)]
  -- An assignment takes effect before its update resolves the conversation, else after the change of status.
  when status = 1 then '{conversation_assigned,conversation_resolved}'
  else array[chat._status_event(status), 'conversation_assigned']
end;

comment on function chat._events_of_change(smallint, smallint, bigint, bigint, bigint, bigint) is
  'The names of the events that a change of a conversation logs, in the order of their times: a microsecond apart, the last at updated_at.';
--! EndIncluded chat/_events_of_change.sql
--! Included chat/_is_deleted_user.sql
create or replace function chat._is_deleted_user(account_id bigint, user_id bigint) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_is_deleted boolean;
begin
  -- A deletion that runs is waited for, and found then; a later one waits for this. The foreign key takes the same lock.
  select u.deleted_at is not null into v_is_deleted
  from chat.users u
  where u.account_id = _is_deleted_user.account_id and u.id = _is_deleted_user.user_id
  for key share;
  return coalesce(v_is_deleted, false);
end $$;

comment on function chat._is_deleted_user(bigint, bigint) is 'Whether the agent has been deleted (softly).';
--! EndIncluded chat/_is_deleted_user.sql
--! Included chat/_refuse_unusable_time.sql
create or replace function chat._refuse_unusable_time(at timestamptz) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if at < '1900-01-01 00:00+00' then
    raise exception using
      errcode = 'PA041',
      message = format('expected a time since 1900, got %s', at),
      hint = 'Leave it out for what happens now; history has the time at which it happened.';
  end if;
end $$;

comment on function chat._refuse_unusable_time(timestamptz) is 'Raises PA041 for a time that cannot be one of history, such as -infinity.';
--! EndIncluded chat/_refuse_unusable_time.sql
--! Included chat/log_first_response.sql
-- Of several answers the first is found in whatever order they come. To look here costs less than to hand a row over.
create or replace function chat.log_first_response() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  perform chat._log_first_response(row(m.*)::chat.messages)
  from new_messages m
  where m.message_type = 1 and m.sender_type = 'User' and not m.private
    and not exists (
      select from chat.events e
      where e.conversation_id = m.conversation_id and e.name = 'first_response' and e.created_at <= m.created_at
      offset 0
    );
  return null;
end $$;

comment on function chat.log_first_response() is 'Logs first_response for the first public answer of an agent in a conversation.';
--! EndIncluded chat/log_first_response.sql
--! Included chat/stamp_conversation.sql
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
--! EndIncluded chat/stamp_conversation.sql
--! Included chat/follow_conversations.sql
-- Most statements change one conversation, and to start a plan that joins takes longer than to run it: such a change is
-- told by plain statements. Others are told whole, by one that finds once what changed. Its full join is an inner one that
-- cannot become a nested loop, which would compare every row with every other; dialogs are found by look-ups that cannot
-- become scans (decision 7).
-- Within one statement a conversation may have been changed once more, and that has been followed already: its dialog is
-- as young as that change then. One that starts takes the conversation as it is.
create or replace function chat.follow_conversations() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v record;
  v_at timestamptz;
begin
  select n.id, n.account_id, n.inbox_id, n.contact_id, n.status, n.assignee_id, n.team_id, n.dialog_id, n.created_at, n.updated_at,
    o.status = 1 and n.status <> 1 as starts_dialog,
    o.status <> 1 and (n.status, n.assignee_id, n.team_id, n.inbox_id, n.contact_id)
      is distinct from (o.status, o.assignee_id, o.team_id, o.inbox_id, o.contact_id) as changes_dialog,
    chat._events_of_change(o.status, n.status, o.assignee_id, n.assignee_id, o.dialog_id, n.dialog_id) as events
  into v
  from new_conversations n
  cross join old_conversations o
  where not exists (select from new_conversations offset 1);

  if found then
    if v.starts_dialog then
      insert into chat.dialogs
        (id, account_id, inbox_id, conversation_id, status, assignee_id, contact_id, team_id, created_at, updated_at)
      select chat._only_dialog(v.dialog_id, c.dialog_id, c.id), c.account_id, c.inbox_id, c.id, c.status, c.assignee_id,
        c.contact_id, c.team_id, v.updated_at - (cardinality(v.events) - 1) * interval '1 microsecond', c.updated_at
      from chat.conversations c
      where c.id = v.id;
    elsif v.changes_dialog then
      update chat.dialogs d
      set status = v.status, assignee_id = v.assignee_id, team_id = v.team_id, inbox_id = v.inbox_id, contact_id = v.contact_id,
        updated_at = v.updated_at
      where d.id = v.dialog_id and d.status <> 1 and d.updated_at < v.updated_at;
    end if;
    for v_n in 1..cardinality(v.events) loop
      v_at := v.updated_at - (cardinality(v.events) - v_n) * interval '1 microsecond';
      insert into chat.events (name, value, account_id, inbox_id, user_id, conversation_id, dialog_id, created_at, updated_at)
      values (v.events[v_n], floor(extract(epoch from v_at - v.created_at)), v.account_id, v.inbox_id, v.assignee_id, v.id,
        v.dialog_id, v_at, v_at);
    end loop;
    return null;
  end if;

  with changed as materialized (
    select n.id, n.account_id, n.inbox_id, n.contact_id, n.status, n.assignee_id, n.team_id, n.dialog_id, n.created_at, n.updated_at,
      o.status = 1 and n.status <> 1 as starts_dialog,
      o.status <> 1 and (n.status, n.assignee_id, n.team_id, n.inbox_id, n.contact_id)
        is distinct from (o.status, o.assignee_id, o.team_id, o.inbox_id, o.contact_id) as changes_dialog,
      chat._events_of_change(o.status, n.status, o.assignee_id, n.assignee_id, o.dialog_id, n.dialog_id) as events
    from new_conversations n
    full join old_conversations o on o.id = n.id
  ),
  followed as (
    update chat.dialogs d
    set status = c.status, assignee_id = c.assignee_id, team_id = c.team_id, inbox_id = c.inbox_id, contact_id = c.contact_id,
      updated_at = c.updated_at
    from changed c
    cross join lateral (
      select f.ctid from chat.dialogs f
      where f.id = c.dialog_id and f.status <> 1 and f.updated_at < c.updated_at
      offset 0
    ) found
    where c.changes_dialog and d.ctid = found.ctid
  ),
  started as (
    insert into chat.dialogs
      (id, account_id, inbox_id, conversation_id, status, assignee_id, contact_id, team_id, created_at, updated_at)
    select chat._only_dialog(changed.dialog_id, c.dialog_id, c.id), c.account_id, c.inbox_id, c.id, c.status, c.assignee_id,
      c.contact_id, c.team_id, changed.updated_at - (cardinality(changed.events) - 1) * interval '1 microsecond', c.updated_at
    from changed
    cross join lateral (select f.* from chat.conversations f where f.id = changed.id offset 0) c
    where changed.starts_dialog
  )
  insert into chat.events (name, value, account_id, inbox_id, user_id, conversation_id, dialog_id, created_at, updated_at)
  select e.name, floor(extract(epoch from t.at - c.created_at)), c.account_id, c.inbox_id, c.assignee_id, c.id, c.dialog_id, t.at, t.at
  from changed c
  cross join lateral unnest(c.events) with ordinality e (name, n)
  cross join lateral (select c.updated_at - (cardinality(c.events) - e.n) * interval '1 microsecond' as at) t
  order by c.id, e.n;
  return null;
end $$;

comment on function chat.follow_conversations() is
  'Brings the dialogs of changed conversations up to date, starts those of reopened ones, and logs changes of status and assignee.';
--! EndIncluded chat/follow_conversations.sql
--! Included chat/place_message.sql
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
--! EndIncluded chat/place_message.sql
--! Included chat/place_mention.sql
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
--! EndIncluded chat/place_mention.sql
--! Included chat/put_events_of_dialogs.sql
-- The look at accounts first: where no account wants this, it must cost nothing.
create or replace function chat.put_events_of_dialogs() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  perform from chat.accounts a where a.puts_chat_events limit 1;
  if not found then
    return null;
  end if;

  insert into broker.events (name, data, key)
  with happened as materialized (
    select e.*, c.team_id, c.contact_id,
      -- With the bot, or an agent has it.
      e.name = 'conversation_pending' or e.name in ('conversation_open', 'conversation_assigned') and e.user_id is not null as is_served,
      e.name = 'conversation_open' and e.user_id is null
        or e.name = 'conversation_assigned' and e.user_id is null and c.status = 0 as waits
    from new_events e
    cross join lateral (select f.* from chat.conversations f where f.id = e.conversation_id offset 0) c
    where chat._is_own_event(e.name) and e.dialog_id is not null
      and chat._puts_chat_events(e.account_id, e.dialog_id, e.created_at)
  ),
  -- Once a statement: a count for each event would make bulk openings quadratic.
  queue as materialized (
    select w.id as conversation_id, row_number() over (partition by w.account_id, w.team_id order by w.dialog_id) as place
    from chat.conversations w
    where w.account_id in (select h.account_id from happened h where h.waits) and w.status = 0 and w.assignee_id is null
  )
  select p.name, p.data, h.dialog_id::text
  from happened h
  cross join lateral (
    select 1 as position, 'chat.queued' as name,
      chat._chat_of_dialog(h.account_id, h.conversation_id, h.dialog_id) - array['ChatId', 'SessionId']
        || jsonb_build_object('Messages', jsonb_build_array(jsonb_build_object(
          'DepartmentId', coalesce(h.team_id, 0),
          'NumberOfQueue', coalesce((select q.place from queue q where q.conversation_id = h.conversation_id), 1),
          'LogTime', chat._json_time(h.created_at)
        ))) as data
    where h.waits
    union all
    select 2, 'chat.started',
      chat._chat_of_dialog(h.account_id, h.conversation_id, h.dialog_id) || jsonb_build_object(
        'AgentId', h.user_id,
        'DepartmentId', h.team_id,
        'VisitorName', (select v.name from chat.contacts v where v.account_id = h.account_id and v.id = h.contact_id),
        'ChatSource', 0,
        'StartTime', chat._json_time(h.created_at)
      )
    where h.is_served and not exists (
      select from chat.events s
      where s.conversation_id = h.conversation_id and s.dialog_id = h.dialog_id and s.created_at < h.created_at
        and chat._is_own_event(s.name) and (s.name = 'conversation_pending' or s.user_id is not null)
    )
    union all
    select 3, 'chat.ended', chat._chat_ended(h.dialog_id)
    where h.name = 'conversation_resolved'
  ) p
  order by h.id, p.position;
  return null;
end $$;

comment on function chat.put_events_of_dialogs() is
  'Puts chat.queued when a dialog waits for an agent, chat.started when the bot or an agent first has it, chat.ended when it is '
  'resolved, for accounts that want it (accounts.puts_chat_events).';
--! EndIncluded chat/put_events_of_dialogs.sql
--! Included chat/put_events_of_messages.sql
create or replace function chat.put_events_of_messages() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from chat.accounts a where a.puts_chat_events limit 1;
  if not found then
    return null;
  end if;

  insert into broker.events (name, data, key)
  select
    case m.message_type when 0 then 'chat.visitor.replied' else 'chat.agent.replied' end,
    chat._chat_of_dialog(m.account_id, m.conversation_id, m.dialog_id)
      || case when m.message_type = 1 then jsonb_build_object('AgentId', m.sender_id) else '{}' end
      || jsonb_build_object('MessageId', m.id, 'Message', m.content, 'Time', chat._json_time(m.created_at)),
    m.dialog_id::text
  from new_messages m
  where m.dialog_id is not null and (m.message_type = 0 or m.message_type = 1 and m.sender_type = 'User') and not m.private
    and chat._puts_chat_events(m.account_id, m.dialog_id, m.created_at)
  order by m.id;
  return null;
end $$;

comment on function chat.put_events_of_messages() is
  'Puts chat.visitor.replied and chat.agent.replied for accounts that want it (accounts.puts_chat_events).';
--! EndIncluded chat/put_events_of_messages.sql
--! Included chat/triggers.sql
-- Changes of conversations: a moment and the dialog's id first, then dialogs and events, whole statements at a time.
-- A resolved one that comes with its last dialog is written by a function that knows it.
create or replace trigger _100_stamp_new before insert on chat.conversations
  for each row when (new.status <> 1 or new.dialog_id is null) execute function chat.stamp_conversation();
comment on trigger _100_stamp_new on chat.conversations is 'A conversation may start with a dialog.';

create or replace trigger _100_stamp before update on chat.conversations
  for each row execute function chat.stamp_conversation();
comment on trigger _100_stamp on chat.conversations is 'The row is locked, and the clock read after that.';

create or replace trigger _200_follow_new after insert on chat.conversations
  referencing new table as new_conversations
  for each statement execute function chat.follow_new_conversations();
comment on trigger _200_follow_new on chat.conversations is 'Statement level: single rows, multi-row inserts and COPY alike.';

create or replace trigger _200_follow after update on chat.conversations
  referencing old table as old_conversations new table as new_conversations
  for each statement execute function chat.follow_conversations();
comment on trigger _200_follow on chat.conversations is 'Statement level: one update of many conversations costs two inserts and an update.';

create or replace trigger _200_forget_events after delete on chat.conversations
  referencing old table as old_conversations
  for each statement execute function chat.forget_events();
comment on trigger _200_forget_events on chat.conversations is 'In place of a foreign key.';
create or replace trigger _200_forget_all_events after truncate on chat.conversations
  for each statement execute function chat.forget_events();
comment on trigger _200_forget_all_events on chat.conversations is 'In place of a foreign key.';

create or replace trigger _100_freeze after update on chat.dialogs
  for each row when (old.status = 1) execute function chat.freeze_dialog();
comment on trigger _100_freeze on chat.dialogs is 'After, not before: a trigger before would lock every row that is updated once more.';

-- What is said. Rows that come with their dialog are written by functions that know it.
create or replace trigger _100_place before insert on chat.messages
  for each row when (new.dialog_id is null) execute function chat.place_message();
comment on trigger _100_place on chat.messages is 'Nothing else can say which dialog a message belongs to.';

create or replace trigger _100_keep before update on chat.messages
  for each row when (new.dialog_id is not distinct from old.dialog_id) execute function chat.keep_message();
comment on trigger _100_keep on chat.messages is
  'A client that replaces additional_attributes need not know what is in them. Who gives a message another dialog gives it the assignee, too.';

create or replace trigger _200_log_first_response after insert on chat.messages
  referencing new table as new_messages
  for each statement execute function chat.log_first_response();
comment on trigger _200_log_first_response on chat.messages is 'Statement level: bulk inserts look for first answers once.';

create or replace trigger _300_put_events after insert on chat.messages
  referencing new table as new_messages
  for each statement execute function chat.put_events_of_messages();
comment on trigger _300_put_events on chat.messages is 'In the transaction of the message: neither is there without the other.';

create or replace trigger _300_put_events after insert on chat.events
  referencing new table as new_events
  for each statement execute function chat.put_events_of_dialogs();
comment on trigger _300_put_events on chat.events is 'In the transaction of the change: neither is there without the other.';

create or replace trigger _100_place before insert on chat.events
  for each row when (new.dialog_id is null) execute function chat.place_event();
comment on trigger _100_place on chat.events is 'For what clients log themselves; the events of triggers come with their dialog.';

create or replace trigger _100_place before insert or update of mentioned_at on chat.mentions
  for each row execute function chat.place_mention();
comment on trigger _100_place on chat.mentions is 'Chatwoot moves mentioned_at when somebody is mentioned again.';

-- Who and where
create or replace trigger _100_refuse_deletion before delete on chat.inboxes
  for each row execute function chat.refuse_deletion();
comment on trigger _100_refuse_deletion on chat.inboxes is 'Deleted softly.';
create or replace trigger _100_refuse_deletion before delete on chat.users
  for each row execute function chat.refuse_deletion();
comment on trigger _100_refuse_deletion on chat.users is 'Deleted softly.';
create or replace trigger _100_refuse_deletion before delete on chat.teams
  for each row execute function chat.refuse_deletion();
comment on trigger _100_refuse_deletion on chat.teams is 'Deleted softly.';

create or replace trigger _100_lock_deleted before update of deleted_at on chat.users
  for each row when (old.deleted_at is null and new.deleted_at is not null) execute function chat.lock_deleted_agent();
comment on trigger _100_lock_deleted on chat.users is 'Assignments that run are waited for; later ones find the deletion.';
create or replace trigger _200_release_conversations after update of deleted_at on chat.users
  for each row when (old.deleted_at is null and new.deleted_at is not null) execute function chat.release_conversations();
comment on trigger _200_release_conversations on chat.users is 'Nobody waits for an agent who is gone.';

create or replace trigger _100_touch before update on chat.accounts for each row execute function chat.touch();
comment on trigger _100_touch on chat.accounts is 'updated_at';
create or replace trigger _100_touch before update on chat.inboxes for each row execute function chat.touch();
comment on trigger _100_touch on chat.inboxes is 'updated_at';
create or replace trigger _100_touch before update on chat.users for each row execute function chat.touch();
comment on trigger _100_touch on chat.users is 'updated_at';
create or replace trigger _100_touch before update on chat.teams for each row execute function chat.touch();
comment on trigger _100_touch on chat.teams is 'updated_at';
create or replace trigger _100_touch before update on chat.contacts for each row execute function chat.touch();
comment on trigger _100_touch on chat.contacts is 'updated_at';

create or replace trigger _100_number before insert on chat.accounts
  for each row when (new.id is null) execute function chat.number_row();
comment on trigger _100_number on chat.accounts is 'In place of an identity, which would hand out ids that events have chosen.';
create or replace trigger _100_number before insert on chat.users
  for each row when (new.id is null) execute function chat.number_row();
comment on trigger _100_number on chat.users is 'In place of an identity, which would hand out ids that events have chosen.';
create or replace trigger _100_number before insert on chat.teams
  for each row when (new.id is null) execute function chat.number_row();
comment on trigger _100_number on chat.teams is 'In place of an identity, which would hand out ids that events have chosen.';
--! EndIncluded chat/triggers.sql
