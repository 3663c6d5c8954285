create or replace function stats.mark_puts() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  -- What is put meanwhile waits, and is looked at by the new setting.
  lock table chat.ratings, chat.wrapups in share row exclusive mode;
  insert into stats.stale (account_id, dialog_id)
  select d.account_id, d.id
  from (
    select case when r.chat_guid is null then r.chat_number when r.chat_guid ~ '^\d{1,18}$' then r.chat_guid::bigint end
    from chat.ratings r where r.account_id = new.id
    union
    select w.chat_number from chat.wrapups w where w.account_id = new.id
  ) s (dialog_id)
  join chat.dialogs d on d.account_id = new.id and d.id = s.dialog_id;
  return null;
end $$;

comment on function stats.mark_puts() is
  'Notes dialogs that have been rated or wrapped up by number when their account begins, or ceases, to put events: chat.chat_ratings '
  'takes the number for the dialog''s then.';
