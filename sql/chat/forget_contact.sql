create or replace function chat.forget_contact(account_id bigint, contact_id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id constant bigint := account_id;
  v_identifier text;
  v_chat_guids text[];
  v_chat_numbers bigint[];
begin
  select c.identifier into v_identifier from chat.contacts c
  where c.account_id = v_account_id and c.id = contact_id
  for update;
  if not found then
    return false;
  end if;

  -- Events name a chat by its GUID or number; one of a dialog that puts them itself by the dialog's id.
  select coalesce(array_agg(coalesce(e.chat_guid, d.id::text)), '{}') into v_chat_guids
  from chat.conversations c
  join chat.dialogs d on d.conversation_id = c.id
  left join chat.chats e on e.dialog_id = d.id
  where c.account_id = v_account_id and c.contact_id = forget_contact.contact_id;
  select coalesce(array_agg(n.chat_number), '{}') into v_chat_numbers
  from (
    select k.chat_number::bigint from chat.chat_numbers k where k.account_id = v_account_id and k.chat_guid = any (v_chat_guids)
    union
    select g::bigint from unnest(v_chat_guids) g
    where g ~ '^\d{1,18}$' and not exists (
      select from chat.chat_numbers k where k.account_id = v_account_id and k.chat_number::text = g
    )
  ) n (chat_number);

  delete from chat.ratings r
  where r.account_id = v_account_id
    and (r.chat_guid = any (v_chat_guids) or r.chat_guid is null and r.chat_number = any (v_chat_numbers));
  delete from chat.wrapups w where w.account_id = v_account_id and w.chat_number = any (v_chat_numbers);
  delete from chat.chat_starts s where s.account_id = v_account_id and s.chat_guid = any (v_chat_guids);
  delete from chat.chat_replies r where r.account_id = v_account_id and r.chat_guid = any (v_chat_guids);
  delete from chat.offline_messages m
  where m.account_id = v_account_id and (m.visitor_id = v_identifier or m.source_chat_guid = any (v_chat_guids));
  -- Tickets of the contact go with it; these name only what was said with it.
  delete from chat.tickets t
  where t.account_id = v_account_id and t.contact_id is null
    and (t.chat_guid = any (v_chat_guids) or t.dialog_id::text = any (v_chat_guids));
  delete from chat.conversions c
  where c.account_id = v_account_id and c.visitor_id = case when v_identifier ~ '^\d{1,18}$' then v_identifier::bigint end;
  delete from chat.chat_numbers k where k.account_id = v_account_id and k.chat_guid = any (v_chat_guids);
  delete from chat.contacts c where c.account_id = v_account_id and c.id = contact_id;
  return true;
end $$;

comment on function chat.forget_contact(bigint, bigint) is
  'Deletes a contact with its conversations and tickets, and what events have told of it besides: starts and replies of its chats, their '
  'ratings and wrap-ups, its offline messages and conversions. True if there was such a contact.';
