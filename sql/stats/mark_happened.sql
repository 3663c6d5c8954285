-- Once an event, as stats.mark_said.
create or replace function stats.mark_happened() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select c.account_id, c.dialog_id from changed c
  where c.dialog_id is not null and c.name in ('conversation_pending', 'conversation_open', 'conversation_snoozed',
    'conversation_resolved', 'conversation_assigned');
  return null;
end $$;

comment on function stats.mark_happened() is 'Notes in whose dialogs something happened that statistics count.';
