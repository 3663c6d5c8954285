create or replace function stats.mark_all() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform chat._require_read_committed('tables are truncated');
  if tg_table_name = 'dialogs' then
    truncate stats.dialogs, stats.turns, stats.ownerships, stats.message_counts, stats.sums, stats.times, stats.handled,
      stats.stale_days, stats.stale;
  else
    insert into stats.stale (account_id, dialog_id) select d.account_id, d.dialog_id from stats.dialogs d;
  end if;
  return null;
end $$;

comment on function stats.mark_all() is 'After TRUNCATE: without dialogs there is nothing to count; without what is in them all are counted anew. Error: PA040.';
