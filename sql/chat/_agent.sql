create or replace function chat._agent(account_id bigint, agent_id bigint) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if agent_id is null or agent_id <= 0 then
    return null;
  end if;
  if not exists (select from chat.users u where u.account_id = _agent.account_id and u.id = agent_id) then
    insert into chat.users (account_id, id, name) values (_agent.account_id, agent_id, format('Agent %s', agent_id))
    on conflict do nothing;
  end if;
  return agent_id;
end $$;

comment on function chat._agent(bigint, bigint) is
  'An agent that an event names, made when the first does. Null for 0, .NET''s unset value, and what is below.';
