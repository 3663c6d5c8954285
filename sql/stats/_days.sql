-- Where a zone left out a day, that has no time, and is none.
create or replace function stats._days(time_zone text, since timestamptz, until timestamptz)
returns table (starts_at timestamptz, ends_at timestamptz)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select d.starts_at, d.ends_at
  from generate_series(
    stats._day(stats._slot(since), time_zone)::timestamp, stats._day(stats._slot(until - interval '1 microsecond'), time_zone)::timestamp, '1 day'
  ) l (midnight)
  cross join lateral (
    select stats._first_slot(l.midnight::date, time_zone), stats._first_slot(l.midnight::date + 1, time_zone)
  ) d (starts_at, ends_at)
  where d.starts_at < d.ends_at
$$;

comment on function stats._days(text, timestamptz, timestamptz) is 'The days of a time zone that overlap [since, until); none without a bound.';
