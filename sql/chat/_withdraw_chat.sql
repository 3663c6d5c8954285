create or replace function chat._withdraw_chat(dialog chat.dialogs) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from chat.conversations c where c.id = dialog.conversation_id for no key update;

  delete from chat.messages m
  where m.conversation_id = dialog.conversation_id and m.dialog_id = dialog.id
    and exists (select from chat.transcript_lines l where l.message_id = m.id);
  delete from chat.events e
  where e.conversation_id = dialog.conversation_id and e.dialog_id = dialog.id
    and (e.name = 'first_response' or e.created_at <= dialog.updated_at and chat._is_own_event(e.name));
  delete from chat.dialogs d where d.id = dialog.id;
  update chat.messages m
  set dialog_id = null, additional_attributes = m.additional_attributes || '{"user_id_assigned": null}'
  where m.conversation_id = dialog.conversation_id and m.dialog_id = dialog.id;
  update chat.conversations c set dialog_id = null where c.id = dialog.conversation_id and c.dialog_id = dialog.id;
end $$;

comment on function chat._withdraw_chat(chat.dialogs) is
  'Takes the dialog of a chat that came as an event away, with all that the event said. What clients wrote in it stays, to be refiled.';
