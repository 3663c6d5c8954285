create or replace function chat._refuse_unusable_time(at timestamptz) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if at < '1900-01-01 00:00+00' then
    raise exception using
      errcode = 'PA041',
      message = format('expected a time since 1900, got %s', at),
      hint = 'Leave it out for what happens now; history has the time at which it happened.';
  end if;
end $$;

comment on function chat._refuse_unusable_time(timestamptz) is 'Raises PA041 for a time that cannot be one of history, such as -infinity.';
