create or replace function chat._chat_contact(account_id bigint, chat jsonb) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_identifier constant text := coalesce(
    chat #>> '{visitor,visitor_id}', 'session:' || (chat ->> 'session_id'), 'chat:' || (chat ->> 'chat_guid'));
  v_name constant text := coalesce(nullif(chat ->> 'pre_chat_name', ''), nullif(chat #>> '{visitor,last_name}', ''));
  v_email constant text := coalesce(nullif(chat ->> 'pre_chat_email', ''), nullif(chat #>> '{visitor,last_email}', ''));
  v_phone_number constant text := nullif(chat ->> 'pre_chat_phone', '');
  v_id bigint;
  v_learns boolean;
begin
  loop
    select c.id, num_nulls(c.name, c.email, c.phone_number) > num_nulls(
      coalesce(c.name, v_name), coalesce(c.email, v_email), coalesce(c.phone_number, v_phone_number))
    into v_id, v_learns
    from chat.contacts c
    where c.account_id = _chat_contact.account_id and c.identifier = v_identifier
    for no key update;
    exit when found;
    insert into chat.contacts (account_id, identifier, name, email, phone_number)
    values (_chat_contact.account_id, v_identifier, v_name, v_email, v_phone_number)
    on conflict do nothing
    returning id into v_id;
    exit when found;
  end loop;

  if v_learns then
    update chat.contacts c
    set name = coalesce(c.name, v_name), email = coalesce(c.email, v_email), phone_number = coalesce(c.phone_number, v_phone_number)
    where c.account_id = _chat_contact.account_id and c.id = v_id;
  end if;
  return v_id;
end $$;

comment on function chat._chat_contact(bigint, jsonb) is
  'The contact of a chat that came as an event, locked: its visitor, else its session, else the chat itself. What the contact '
  'lacks of name, e-mail and telephone it learns from the chat.';
