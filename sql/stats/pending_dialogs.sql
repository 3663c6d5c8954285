create or replace function stats.pending_dialogs(account_id bigint) returns setof stats.dialogs
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select d.*
  from stats._pending(pending_dialogs.account_id) p
  cross join lateral unnest(p.dialogs) d
  where pending_dialogs.account_id = stats.current_account()
$$;

comment on function stats.pending_dialogs(bigint) is
  'Of stats.pending the dialogs alone, which are had without looking up what has not changed of them.';
