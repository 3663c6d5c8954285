create or replace function chat._refuse_deleted_agent(account_id bigint, agent_id bigint) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_deleted_at timestamptz;
begin
  -- Waits for a deletion that runs, and makes later ones wait.
  select u.deleted_at into v_deleted_at from chat.users u
  where u.account_id = _refuse_deleted_agent.account_id and u.id = agent_id
  for key share;
  if v_deleted_at is not null then
    perform chat._refuse_deleted_user(account_id, agent_id);
  end if;
end $$;

comment on function chat._refuse_deleted_agent(bigint, bigint) is
  'Raises PA032 if that agent has been deleted; else nobody deletes the agent until the transaction ends. Null is not looked up.';
