create or replace function stats.extend_calendars() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform stats._follow_calendars(ends.account_id, array_agg(coalesce(ends.inbox_id, 0)))
  from (
    select distinct on (c.account_id, c.inbox_id) c.id, c.account_id, c.inbox_id
    from stats.calendars c
    order by c.account_id, c.inbox_id, c.valid_from desc
  ) ends
  where (
      select s.closes from stats.open_spans s
      where s.account_id = ends.account_id and s.inbox_id = coalesce(ends.inbox_id, 0)
      order by s.opens desc
      limit 1
    ) < broker.now() + interval '2 years'
    -- What is closed for good needs no spans.
    and exists (select from stats.calendar_hours h where h.calendar_id = ends.id)
  group by ends.account_id;
end $$;

comment on function stats.extend_calendars() is 'Keeps stats.open_spans 2 to 3 years ahead; a worker calls it.';
