create or replace function chat.lock_deleted_agent() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Stronger than the update's own lock: it conflicts with that of an assignment, whose foreign key is being checked.
  perform from chat.users u where u.account_id = old.account_id and u.id = old.id for update;
  return new;
end $$;

comment on function chat.lock_deleted_agent() is 'Lets nobody assign an agent while that agent is deleted.';
