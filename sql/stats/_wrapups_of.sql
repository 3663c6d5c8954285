-- No set search_path, so that it is inlined: many dialogs are asked for at once.
create or replace function stats._wrapups_of(account_id bigint, chat_guid text, dialog_id bigint) returns setof bigint
language sql stable
as $$
  select w.id from stats._chat_numbers_of(_wrapups_of.account_id, _wrapups_of.chat_guid, _wrapups_of.dialog_id) n
  join chat.wrapups w on w.account_id = _wrapups_of.account_id and w.chat_number = n
$$;

comment on function stats._wrapups_of(bigint, text, bigint) is
  'Wrap-ups that may be about a chat that came as an event, or about a dialog that puts them; which they are, chat.chat_wrapups says.';
