-- No set search_path, so that it is inlined, as stats._ratings_of().
create or replace function stats._chat_numbers_of(account_id bigint, chat_guid text, dialog_id bigint) returns setof integer
language sql stable
as $$
  select n.chat_number from chat.chat_numbers n
  where n.account_id = _chat_numbers_of.account_id and n.chat_guid = _chat_numbers_of.chat_guid
  union
  -- Longer ones, or from 2,000,000,000 on, may be no numbers of 32 bits.
  select case when v.name ~ '^\d{1,9}$|^1\d{9}$' then v.name::integer end
  from (values (_chat_numbers_of.chat_guid), (_chat_numbers_of.dialog_id::text)) v (name)
$$;

comment on function stats._chat_numbers_of(bigint, text, bigint) is 'The numbers under which a chat, or a dialog that puts events, is known.';
