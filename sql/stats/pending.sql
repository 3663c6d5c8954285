create or replace function stats.pending(account_id bigint) returns setof stats.facts
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  -- So much of it at once takes some 30 MB.
  c_batch constant integer := 2000;
  v_dialog_ids constant bigint[] := stats.pending_ids(account_id);
begin
  for i in 1 .. cardinality(v_dialog_ids) by c_batch loop
    return next stats.compute(v_dialog_ids[i : i + c_batch - 1]);
  end loop;
end $$;

comment on function stats.pending(bigint) is
  'The facts of an account''s dialogs that have changed and are not summed yet, so many dialogs a row: no row if there are none. Nothing of '
  'other accounts than one''s own (stats.current_account).';
