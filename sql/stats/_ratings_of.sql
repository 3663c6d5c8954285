-- No set search_path, so that it is inlined: many dialogs are asked for at once.
-- An overflow would be an error: numbers have 32 bits, ids of dialogs 64.
create or replace function stats._ratings_of(account_id bigint, chat_guid text, dialog_id bigint) returns setof bigint
language sql stable
as $$
  select r.id from chat.ratings r
  where r.account_id = _ratings_of.account_id and r.chat_guid in (_ratings_of.chat_guid, _ratings_of.dialog_id::text)
  union
  select r.id from stats._chat_numbers_of(_ratings_of.account_id, _ratings_of.chat_guid, _ratings_of.dialog_id) n
  join chat.ratings r on r.account_id = _ratings_of.account_id and r.chat_number = n
$$;

comment on function stats._ratings_of(bigint, text, bigint) is
  'Ratings that may be about a chat that came as an event, or about a dialog that puts them; which they are, chat.chat_ratings says.';
