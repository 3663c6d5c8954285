create or replace function stats.pending_changes(account_id bigint) returns setof stats.changes
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select stats._changes(p) from stats._pending(pending_changes.account_id) p where pending_changes.account_id = stats.current_account()
$$;

comment on function stats.pending_changes(bigint) is
  'How the facts of an account''s dialogs that have changed and are not summed yet differ from the stored ones, so many dialogs a row: no row '
  'if there are none. Nothing of other accounts than one''s own (stats.current_account).';
