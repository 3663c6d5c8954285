create or replace function chat._ticket_origin(
  account_id bigint, dialog_id bigint, given_chat_guid text, out chat_guid text, out own_dialog_id bigint, out contact_id bigint
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  if dialog_id is null then
    chat_guid := given_chat_guid;
    return;
  end if;
  select c.chat_guid, case when c.dialog_id is null then d.id end, d.contact_id
  into chat_guid, own_dialog_id, contact_id
  from chat.dialogs d left join chat.chats c on c.dialog_id = d.id
  where d.id = _ticket_origin.dialog_id and d.account_id = _ticket_origin.account_id;
  if not found then
    raise exception using
      errcode = 'PA082',
      message = format('there is no dialog %s in account %s', dialog_id, account_id),
      hint = 'Give the id of a dialog, not of its conversation; or, for a chat that is not stored yet, its chat_guid.';
  end if;
  if given_chat_guid <> coalesce(chat_guid, '') then
    raise exception using
      errcode = 'PA084',
      message = format('dialog %s is not that of chat %s', dialog_id, given_chat_guid),
      hint = 'A ticket came of one of them: give the dialog or the chat.';
  end if;
end $$;

comment on function chat._ticket_origin(bigint, bigint, text) is
  'How a ticket refers to a dialog: a chat that came as an event by its GUID, since a later event of it replaces the row. '
  'A GUID may be given instead, or the one of that dialog. Errors: PA082, PA084.';
