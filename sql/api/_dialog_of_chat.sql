create or replace function api._dialog_of_chat(chat_guid text) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select chat.dialog_of_chat(stats.current_account(), chat_guid)
$$;

comment on function api._dialog_of_chat(text) is 'The dialog of a chat of the session''s account; null: it is not stored, or not yet.';
