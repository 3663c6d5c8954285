create or replace function stats.lock_sums() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform stats._lock_sums();
  return null;
end $$;

comment on function stats.lock_sums() is 'Lets nobody sum by settings that are being changed.';
