create or replace function stats._open_time(account_id bigint, inbox_id bigint, horizon date) returns tstzmultirange
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
  with calendars as (
    select c.*, lead(c.valid_from, 1, horizon) over (order by c.valid_from) as valid_until
    from stats.calendars c
    where c.account_id = _open_time.account_id
      and (
        c.inbox_id = _open_time.inbox_id
        -- Before the inbox's first own one those of the account hold.
        or c.inbox_id is null and (
          _open_time.inbox_id = 0
          or c.valid_from < (
            select min(own.valid_from) from stats.calendars own
            where own.account_id = _open_time.account_id and own.inbox_id = _open_time.inbox_id
          )
        )
      )
  ),
  -- A series of dates would be one of timestamptz, and shift with the clock of the session.
  days as (
    select c.*, d.day::date as day
    from calendars c, generate_series(c.valid_from::timestamp, c.valid_until - interval '1 day', interval '1 day') d (day)
  ),
  shifts as (
    select d.day, d.time_zone, w.opens, w.closes
    from days d
    join stats.calendar_hours w on w.calendar_id = d.id and w.isodow = extract(isodow from d.day)
    where not exists (
      select from stats.calendar_holidays h
      where h.account_id = d.account_id and h.inbox_id is not distinct from d.inbox_id and h.day = d.day
    )
    union all
    select d.day, d.time_zone, h.opens, h.closes
    from days d
    join stats.calendar_holidays h
      on h.account_id = d.account_id and h.inbox_id is not distinct from d.inbox_id and h.day = d.day and h.opens is not null
  ),
  spans (opens, closes) as (
    select '-infinity', min(c.valid_from::timestamp at time zone c.time_zone) from calendars c
    union all
    select (s.day + s.opens) at time zone s.time_zone,
      (s.day + s.closes + case when s.closes <= s.opens then interval '1 day' else interval '0' end) at time zone s.time_zone
    from shifts s
  )
  -- Hours that the clock skips may end before they begin.
  select range_agg(tstzrange(s.opens, s.closes)) from spans s where s.opens < s.closes
$$;

comment on function stats._open_time(bigint, bigint, date) is
  'What the calendars of an inbox (0: of the account) leave open on days before the horizon, and the time before the first '
  'calendar. Null: it has none.';
