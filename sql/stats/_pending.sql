create or replace function stats._pending(account_id bigint) returns setof stats.facts
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  -- So much of it at once takes some 30 MB.
  c_batch constant integer := 2000;
  v_stale stats.stale_dialog[] := stats._stale_dialogs(account_id);
begin
  -- Mostly there are none, and every reader asks.
  if v_stale = '{}' then
    return;
  end if;
  v_stale := stats._with_neighbours(v_stale);
  for i in 1 .. cardinality(v_stale) by c_batch loop
    return next stats._compute(v_stale[i : i + c_batch - 1]);
  end loop;
end $$;

comment on function stats._pending(bigint) is
  'The facts of an account''s dialogs that have changed and are not summed yet, so many dialogs a row: no row if there are none. Of dialogs '
  'that go on, those that change.';
