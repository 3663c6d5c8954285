create or replace function stats._dialogs_named(account_id bigint, chat_guid text, chat_number integer) returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select c.dialog_id from chat.chats c
  where c.account_id = _dialogs_named.account_id
    and c.chat_guid in (_dialogs_named.chat_guid, _dialogs_named.chat_number::text)
  union
  select c.dialog_id from chat.chat_numbers n
  join chat.chats c on c.account_id = n.account_id and c.chat_guid = n.chat_guid
  where n.account_id = _dialogs_named.account_id and n.chat_number = _dialogs_named.chat_number
  union
  select d.id from chat.dialogs d
  where d.account_id = _dialogs_named.account_id and d.id in (
    _dialogs_named.chat_number,
    case when _dialogs_named.chat_guid ~ '^\d{1,18}$' then _dialogs_named.chat_guid::bigint end
  )
$$;

comment on function stats._dialogs_named(bigint, text, integer) is
  'Dialogs that something submitted under these names may be about; whether it is, chat.chat_ratings and chat.chat_wrapups say.';
