create or replace function chat._start_first_dialog(conversation_id bigint, dialog_id bigint) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer chat.messages;
begin
  -- An older snapshot would not show all that was said.
  perform chat._require_read_committed('a conversation that was created resolved is first opened');
  update chat.messages m set dialog_id = _start_first_dialog.dialog_id
  where m.conversation_id = _start_first_dialog.conversation_id and m.dialog_id is null;
  update chat.mentions m set dialog_id = _start_first_dialog.dialog_id
  where m.conversation_id = _start_first_dialog.conversation_id and m.dialog_id is null;
  update chat.events e set dialog_id = _start_first_dialog.dialog_id
  where e.conversation_id = _start_first_dialog.conversation_id and e.dialog_id is null;

  select m.* into v_answer from chat.messages m
  where m.conversation_id = _start_first_dialog.conversation_id
    and m.message_type = 1 and m.sender_type = 'User' and not m.private
  order by m.created_at
  limit 1;
  if found then
    perform chat._log_first_response(v_answer);
  end if;
end $$;

comment on function chat._start_first_dialog(bigint, bigint) is
  'What was said in a conversation that was created resolved belongs to its first dialog, once that starts. Error: PA040.';
