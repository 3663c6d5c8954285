create or replace function stats.pending(account_id bigint) returns setof stats.facts
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_dialog_ids bigint[];
begin
  if account_id is distinct from stats.current_account() then
    return;
  end if;
  v_dialog_ids := stats._stale_dialogs(account_id);
  if cardinality(v_dialog_ids) > 0 then
    return next stats.compute(stats._with_neighbours(v_dialog_ids));
  end if;
end $$;

comment on function stats.pending(bigint) is
  'The facts of an account''s dialogs that have changed and are not summed yet: no row if there are none. Nothing of other accounts '
  'than one''s own (stats.current_account).';
