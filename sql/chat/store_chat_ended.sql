create or replace function chat.store_chat_ended(event_id bigint, put_at timestamptz, document jsonb) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id constant bigint := document ->> 'account_id';
  v_stored_by bigint;
  v_replaced chat.dialogs;
  v_dialog chat.dialogs;
  v_timeline record;
begin
  if chat._is_from_dialog(document, v_account_id) then
    return false;
  end if;
  -- Overtaken: nothing of it is to be seen.
  if exists (
    select from chat.chats c
    where c.account_id = v_account_id and c.chat_guid = document ->> 'chat_guid' and c.event_id >= store_chat_ended.event_id
  ) then
    return false;
  end if;
  perform chat._refuse_time_to_come(document, put_at);

  perform chat._account(v_account_id);
  -- Chats of a contact are stored one at a time, so that each finds its place among the others.
  v_dialog.contact_id := chat._chat_contact(v_account_id, document);
  select c.event_id, c.dialog_id into v_stored_by, v_dialog.id
  from chat.chats c
  where c.account_id = v_account_id and c.chat_guid = document ->> 'chat_guid'
  for update;
  if v_stored_by >= store_chat_ended.event_id then
    return false;
  end if;

  v_timeline := chat._chat_timeline(document);
  perform chat._agent(v_account_id, a.id)
  from unnest(v_timeline.assignee_ids || array(select jsonb_array_elements_text(document -> 'agent_ids'))::bigint[]) a (id);
  v_dialog.id := coalesce(v_dialog.id, nextval('chat.dialogs_id_seq'));
  v_dialog.account_id := v_account_id;
  v_dialog.inbox_id := chat._social_inbox(v_account_id, (document ->> 'social_media_source')::integer);
  v_dialog.status := 1;
  v_dialog.assignee_id := v_timeline.assignee_ids[cardinality(v_timeline.assignee_ids)];
  v_dialog.team_id := chat._team(v_account_id, v_timeline.team_id,
    case when v_timeline.team_id::text = document ->> 'pre_chat_department_id' then document ->> 'pre_chat_department_name' end);
  v_dialog.created_at := v_timeline.began_at;
  v_dialog.updated_at := v_timeline.ended_at;

  -- Replaced as a whole. Should two transactions store the same chat for the first time at once, for two contacts, the
  -- unique key makes one fail, and its retry finds the other's row.
  if v_stored_by is not null then
    select * into v_replaced from chat.dialogs d where d.id = v_dialog.id;
    perform chat._withdraw_chat(v_replaced);
  end if;
  v_dialog.conversation_id := chat._place_chat(v_dialog, v_replaced);
  if v_dialog.conversation_id <> v_replaced.conversation_id then
    perform chat._refile(v_replaced.conversation_id, v_replaced, v_replaced);
    perform chat._follow_past_dialogs(v_replaced.conversation_id, v_replaced);
  end if;

  -- First of all that is in it: what has a row here is not put as an event again.
  insert into chat.chats
  select * from jsonb_populate_record(null::chat.chats, document || jsonb_build_object(
    'dialog_id', v_dialog.id, 'event_id', store_chat_ended.event_id, 'put_at', store_chat_ended.put_at));
  insert into chat.events (name, value, account_id, inbox_id, user_id, conversation_id, dialog_id, created_at, updated_at)
  select e.name, floor(extract(epoch from e.at - c.created_at)), v_dialog.account_id, v_dialog.inbox_id, e.user_id, c.id, v_dialog.id,
    e.at, e.at
  from unnest(v_timeline.event_names, v_timeline.event_times, v_timeline.event_user_ids) with ordinality e (name, at, user_id, n)
  cross join (select c.id, c.created_at from chat.conversations c where c.id = v_dialog.conversation_id offset 0) c
  order by e.n;

  perform chat._store_transcript(v_dialog, document -> 'messages', v_timeline.assignee_ids, v_timeline.assigned_at);
  perform chat._store_chat_parts(v_dialog.id, document);
  perform chat._refile(v_dialog.conversation_id, v_dialog, v_replaced);

  -- Wrap-ups know the number only.
  if jsonb_array_length(document -> 'bot_actions') > 0 then
    insert into chat.chat_numbers (account_id, chat_number, chat_guid)
    select v_account_id, a.chat_number, document ->> 'chat_guid'
    from chat.chat_bot_actions a
    where a.dialog_id = v_dialog.id and a.chat_number > 0
    on conflict do nothing;
  end if;
  return true;
end $$;

comment on function chat.store_chat_ended(bigint, timestamptz, jsonb) is
  'Stores an ended chat as a dialog, with everything in it. Of several events for one chat the one put last is kept, in whatever '
  'order they come. Error: PA020.';
