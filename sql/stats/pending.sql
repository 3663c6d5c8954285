create or replace function stats.pending(account_id bigint) returns setof stats.facts
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select stats._whole(p) from stats._pending(pending.account_id) p where pending.account_id = stats.current_account()
$$;

comment on function stats.pending(bigint) is
  'All facts of an account''s dialogs that have changed and are not summed yet, so many dialogs a row: no row if there are none. Nothing of '
  'other accounts than one''s own (stats.current_account).';
