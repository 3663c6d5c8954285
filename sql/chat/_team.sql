create or replace function chat._team(account_id bigint, department_id bigint, name text default null) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if department_id is null or department_id <= 0 then
    return null;
  end if;
  if not exists (select from chat.teams t where t.account_id = _team.account_id and t.id = department_id) then
    insert into chat.teams (account_id, id, name)
    values (_team.account_id, department_id, coalesce(nullif(_team.name, ''), format('Department %s', department_id)))
    on conflict do nothing;
  end if;
  return department_id;
end $$;

comment on function chat._team(bigint, bigint, text) is
  'A department that an event names, made when the first does. Null for 0, .NET''s unset value, and what is below.';
