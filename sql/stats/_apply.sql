create or replace function stats._apply(facts stats.facts) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changes constant stats.changes := stats._changes(facts);
begin
  perform stats._add_to_sums(v_changes);
  perform stats._add_to_times(v_changes);
  insert into stats.stale_days select d.* from stats._days_changed(v_changes) d on conflict do nothing;
  perform stats._replace(v_changes);
end $$;

comment on function stats._apply(stats.facts) is 'Stores these facts, adds to the sums what that changes, and notes the days on which it changes what agents handled.';
