create or replace function stats.set_calendar(
  account_id bigint, hours text, time_zone text, valid_from date default null, inbox_id bigint default null
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform stats.check_zone(time_zone);
  valid_from := coalesce(valid_from, broker.now() at time zone time_zone);
  delete from stats.calendars c
  where c.account_id = set_calendar.account_id
    and c.inbox_id is not distinct from set_calendar.inbox_id
    and c.valid_from = set_calendar.valid_from;
  -- One statement: what changes is found once.
  with calendar as (
    insert into stats.calendars (account_id, inbox_id, valid_from, time_zone)
    values (set_calendar.account_id, set_calendar.inbox_id, set_calendar.valid_from, set_calendar.time_zone)
    returning id
  ), week as (
    insert into stats.calendar_hours (calendar_id, isodow, opens, closes)
    select c.id, w.isodow, w.opens, w.closes from calendar c, stats._week_hours(hours) w
  )
  select c.id into v_id from calendar c;
  return v_id;
exception when exclusion_violation or unique_violation then
  raise exception using
    errcode = 'PA054',
    message = format('business hours overlap: %s', quote_literal(hours)),
    hint = 'Name each moment of the week once. Hours that close before they open last until the next day.';
end $$;

comment on function stats.set_calendar(bigint, text, text, date, bigint) is
  'Sets the hours that an account, or one of its inboxes, works from a day on (null: today), until a later calendar; returns the '
  'calendar''s id. hours: Mo-Fr 09:00-12:30, 13:30-18:00; Sa 10:00-14:00; or 24/7; or nothing: closed.';
