create or replace view chat.chat_ratings as
select c.id as chat_id, r.*
from chat.ratings r
left join chat.chat_numbers n on n.site_id = r.site_id and n.chat_number = r.chat_number
left join chat.chats c
  on c.site_id = r.site_id and c.chat_guid in (r.chat_guid, n.chat_guid, r.chat_number::text);

comment on view chat.chat_ratings is
  'Ratings with the chat they are about; chat_id is null until that chat has ended and been stored. A chat rated again has two.';
