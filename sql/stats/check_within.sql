create or replace function stats.check_within(within interval) returns void
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- 20 years, as windows; in days, since years are compared with intervals as if they had 360.
  if (within between interval '0' and interval '7305 days') is not true then
    raise exception using
      errcode = 'PA055',
      message = format('%s is no time within which something may happen', coalesce(within::text, 'null')),
      hint = 'Give a time from 0 to 20 years.';
  end if;
end $$;

comment on function stats.check_within(interval) is 'Refuses limits that are missing, negative or absurd (PA055).';
