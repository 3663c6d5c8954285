create or replace function stats._apply(changes stats.facts) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform stats._add_to_sums(changes);
  perform stats._add_to_times(changes);
  perform stats._replace(changes);
end $$;

comment on function stats._apply(stats.facts) is 'Stores these facts, and adds to the sums what that changes.';
