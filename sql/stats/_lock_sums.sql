create or replace function stats._lock_sums() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- An older snapshot would not show what the one who had the lock before has summed.
  perform chat._require_read_committed('statistics are summed');
  perform pg_advisory_xact_lock(hashtextextended('stats.sums', 0));
end $$;

comment on function stats._lock_sums() is
  'Waits until nobody else changes facts and sums, and keeps others from it until the transaction ends. Error: PA040.';
