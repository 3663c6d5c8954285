create or replace view chat.chat_wrapups as
select c.id as chat_id, w.*
from chat.wrapups w
left join chat.chat_numbers n on n.site_id = w.site_id and n.chat_number = w.chat_number
left join chat.chats c
  on c.site_id = w.site_id and c.chat_guid in (n.chat_guid, w.chat_number::text);

comment on view chat.chat_wrapups is
  'Wrap-ups with the chat they are about; chat_id is null until that chat and its number are known.';
