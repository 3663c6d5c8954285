-- Joins by unique keys only: a rating has one row, and who does not ask for dialog_id pays for no join.
create or replace view chat.chat_ratings as
select coalesce(by_guid.dialog_id, by_known_number.dialog_id, by_number.dialog_id, own.id) as dialog_id, r.*
from chat.ratings r
left join chat.chats by_guid on by_guid.account_id = r.account_id and by_guid.chat_guid = r.chat_guid
left join chat.chat_numbers n on n.account_id = r.account_id and n.chat_number = r.chat_number
left join chat.chats by_known_number on by_known_number.account_id = r.account_id and by_known_number.chat_guid = n.chat_guid
left join chat.chats by_number on by_number.account_id = r.account_id and by_number.chat_guid = r.chat_number::text
left join chat.accounts a on a.id = r.account_id and a.puts_chat_events
left join chat.dialogs own on own.account_id = a.id
  and own.id = case when r.chat_guid is null then r.chat_number when r.chat_guid ~ '^\d{1,18}$' then r.chat_guid::bigint end;

comment on view chat.chat_ratings is
  'Ratings with the dialog of the chat they are about; dialog_id is null until that chat has ended and been stored. Of accounts '
  'that put events for their dialogs the chat''s number is the dialog''s id. A chat rated again has two.';
