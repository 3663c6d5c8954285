create or replace function stats.pending_ids(account_id bigint) returns bigint[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_stale stats.stale_dialog[];
begin
  if account_id = stats.current_account() then
    v_stale := stats._stale_dialogs(account_id);
    if v_stale <> '{}' then
      return array(select s.dialog_id from unnest(stats._with_neighbours(v_stale)) s);
    end if;
  end if;
  return '{}';
end $$;

comment on function stats.pending_ids(bigint) is
  'Dialogs of an account that have changed and are not summed yet. Nothing of other accounts than one''s own (stats.current_account).';
