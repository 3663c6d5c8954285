-- One snapshot: writers and the flush may go on. What is stale differs from its rows and is left out, but the sums hold what the stored
-- facts say at any moment. Accounts whose dialogs are about to be computed anew (stats.rebuilds) agree with their sums, too.
create or replace function stats.verify(account_id bigint default null)
returns setof stats.difference
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id bigint;
  v_dialog_ids bigint[];
  v_month record;
begin
  for v_account_id in
    select a.id from chat.accounts a where a.id = coalesce(verify.account_id, a.id) order by a.id
  loop
    if not exists (select from stats.rebuilds r where r.account_id = v_account_id) then
      v_dialog_ids := array(
        select d.id from unnest(stats._touching(v_account_id, '-infinity', 'infinity')) d (id)
        except
        select s.dialog_id from unnest(stats._with_neighbours(stats._stale_dialogs(v_account_id))) s
      );
      for i in 1 .. cardinality(v_dialog_ids) by 2000 loop
        return query select d.* from stats._facts_that_differ(v_account_id, v_dialog_ids[i : i + 1999]) d;
      end loop;
    end if;
    for v_month in select * from stats._months(v_account_id, '-infinity', 'infinity') loop
      return query select d.* from stats._sums_that_differ(v_account_id, v_month.opens, v_month.closes) d;
      return query select d.* from stats._times_that_differ(v_account_id, v_month.opens, v_month.closes) d;
    end loop;
    return query select d.* from stats._handled_that_differ(v_account_id) d;
  end loop;
end $$;

comment on function stats.verify(bigint) is
  'Compares stored facts with the rows behind them, and sums with the facts, of one account or all: differences, of which there must be '
  'none. Reads everything.';
