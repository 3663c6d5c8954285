create or replace function stats.check_window(since timestamptz, until timestamptz) returns void
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if (since < until) is not true then
    raise exception using
      errcode = 'PA052',
      message = format('nothing is from %s until %s', coalesce(since::text, 'null'), coalesce(until::text, 'null')),
      hint = 'Give both, since before until.';
  end if;
  -- No time that a report adds to theirs is out of range.
  if since < '1900-01-01 00:00+00' or until > '10000-01-01 00:00+00' then
    raise exception using
      errcode = 'PA053',
      message = format('the time from %s until %s is not between the years 1900 and 10000', since, until),
      hint = 'Ask for a time in which something may have happened.';
  end if;
  if until > since + interval '20 years' then
    raise exception using
      errcode = 'PA053',
      message = format('the time from %s until %s is longer than 20 years', since, until),
      hint = 'Ask for less at a time.';
  end if;
  if date_bin('15 minutes', since, 'epoch') <> since or date_bin('15 minutes', until, 'epoch') <> until then
    raise exception using
      errcode = 'PA051',
      message = format('the time from %s until %s does not begin and end on a full quarter of an hour', since, until),
      hint = 'Statistics are summed per quarter of an hour: give :00, :15, :30 or :45.';
  end if;
end $$;

comment on function stats.check_window(timestamptz, timestamptz) is
  'Refuses windows that are empty or missing a bound (PA052), longer than 20 years or absurd (PA053), or not on full quarters of an hour (PA051).';
