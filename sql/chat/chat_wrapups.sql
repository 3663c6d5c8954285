-- Joins by unique keys only, as chat_ratings.
create or replace view chat.chat_wrapups as
select coalesce(by_known_number.dialog_id, by_number.dialog_id, own.id) as dialog_id, w.*
from chat.wrapups w
left join chat.chat_numbers n on n.account_id = w.account_id and n.chat_number = w.chat_number
left join chat.chats by_known_number on by_known_number.account_id = w.account_id and by_known_number.chat_guid = n.chat_guid
left join chat.chats by_number on by_number.account_id = w.account_id and by_number.chat_guid = w.chat_number::text
left join chat.accounts a on a.id = w.account_id and a.puts_chat_events
left join chat.dialogs own on own.account_id = a.id and own.id = w.chat_number;

comment on view chat.chat_wrapups is
  'Wrap-ups with the dialog of the chat they are about; dialog_id is null until that chat and its number are known. Of accounts '
  'that put events for their dialogs the number is the dialog''s id.';
