create or replace function chat._refuse_time_to_come(chat jsonb, put_at timestamptz) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_time record;
begin
  select t.member, t.at into v_time
  from (
    select 'End' as member, chat ->> 'ended_at' as at, 0 as position
    union all
    select format('Messages[%s].Time', m.position - 1), m.line ->> 'created_at', m.position
    from jsonb_array_elements(chat -> 'messages') with ordinality as m (line, position)
  ) t
  where t.at::timestamptz > put_at + interval '1 hour'
  order by t.position
  limit 1;
  if found then
    raise exception using
      errcode = 'PA020',
      message = format('%s: expected a date that has come, got "%s"', v_time.member, v_time.at),
      hint = format('The event was put at %s. Times without an offset are read as UTC; clocks may be an hour ahead.', put_at);
  end if;
end $$;

comment on function chat._refuse_time_to_come(jsonb, timestamptz) is
  'Refuses a chat that ends, or in which something is said, more than an hour after its event was put: what is live could only '
  'come after that. Error: PA020.';
