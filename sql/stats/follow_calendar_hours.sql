create or replace function stats.follow_calendar_hours() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_calendar_ids bigint[] := '{}';
begin
  if tg_op <> 'DELETE' then
    v_calendar_ids := v_calendar_ids || array(select r.calendar_id from new_rows r);
  end if;
  if tg_op <> 'INSERT' then
    v_calendar_ids := v_calendar_ids || array(select r.calendar_id from old_rows r);
  end if;
  perform stats._follow_calendars(c.account_id, array_agg(distinct coalesce(c.inbox_id, 0)))
  from stats.calendars c
  where c.id = any (v_calendar_ids)
  group by c.account_id;
  return null;
end $$;

comment on function stats.follow_calendar_hours() is
  'Keeps stats.open_spans when hours change. Those that go with their calendar are the calendar''s own trigger''s.';
