create or replace function stats.refuse_unknown_zone() returns trigger
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform stats.check_zone(new.time_zone);
  return new;
end $$;

comment on function stats.refuse_unknown_zone() is 'Raises PA050.';
