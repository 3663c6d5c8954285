create or replace function stats.follow_calendars() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op <> 'DELETE' then
    perform stats._follow_calendars(r.account_id, array_agg(distinct coalesce(r.inbox_id, 0))) from new_rows r group by r.account_id;
  end if;
  if tg_op <> 'INSERT' then
    perform stats._follow_calendars(r.account_id, array_agg(distinct coalesce(r.inbox_id, 0))) from old_rows r group by r.account_id;
  end if;
  return null;
end $$;

comment on function stats.follow_calendars() is 'Keeps stats.open_spans when calendars or holidays change.';
