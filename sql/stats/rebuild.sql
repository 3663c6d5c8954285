-- Trusts nothing that is stored: a sum that something touches is summed anew, not corrected.
create or replace function stats.rebuild(account_id bigint, since timestamptz, until timestamptz) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_time_zone constant text := (stats._settings(account_id)).time_zone;
  v_since constant timestamptz := stats._first_slot(stats._day(stats._slot(since), v_time_zone), v_time_zone);
  v_until constant timestamptz := stats._first_slot(stats._day(stats._slot(until - interval '1 microsecond'), v_time_zone) + 1, v_time_zone);
  v_dialog_ids bigint[];
  v_changes stats.changes;
  -- Days outside that facts turn out to have been wrong in.
  v_others date[] := '{}';
  v_day date;
begin
  perform stats._lock_sums();
  v_dialog_ids := stats._touching(account_id, v_since, v_until);
  for i in 1 .. cardinality(v_dialog_ids) by 2000 loop
    v_changes := stats._changes(stats.compute(v_dialog_ids[i : i + 1999]));
    if v_since > '-infinity' or v_until < 'infinity' then
      v_others := v_others || array(
        select distinct stats._day(s.starts_at, v_time_zone)
        from stats._sums_of(account_id, '-infinity', 'infinity', v_changes, '{slot}', '{account}') s
        where s.starts_at < v_since or s.starts_at >= v_until
      );
    end if;
    insert into stats.stale_days select d.* from stats._days_changed(v_changes) d on conflict do nothing;
    perform stats._replace(v_changes);
  end loop;

  perform stats._sum(account_id, v_since, v_until, '{slot,day}');
  delete from stats.handled h where h.account_id = rebuild.account_id and h.starts_at >= v_since and h.starts_at < v_until;
  perform stats._mark_days(account_id, v_since, v_until);
  for v_day in select distinct o.day from unnest(v_others) o (day) loop
    perform stats._sum(account_id, stats._first_slot(v_day, v_time_zone), stats._first_slot(v_day + 1, v_time_zone), '{slot,day}');
  end loop;
  return cardinality(v_dialog_ids);
end $$;

comment on function stats.rebuild(bigint, timestamptz, timestamptz) is
  'Computes the facts of all dialogs of an account that touch these days anew, and the sums of these days, whatever they were; what agents '
  'handled is kept anew by stats.keep_handled(). Returns '
  'how many dialogs it took. Readers see all of it or none; until then nothing else is summed. Error: PA040.';
