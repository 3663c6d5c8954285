create or replace function chat.release_conversations() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  -- An older snapshot would not show who was assigned meanwhile.
  perform chat._require_read_committed('an agent is deleted');
  update chat.conversations c
  set assignee_id = null
  where c.account_id = new.account_id and c.assignee_id = new.id and c.status <> 1;
  update chat.tickets t
  set assignee_id = null, updated_at = greatest(broker.clock(), t.updated_at)
  where t.account_id = new.account_id and t.assignee_id = new.id and t.status in ('open', 'pending');
  return null;
end $$;

comment on function chat.release_conversations() is 'Takes unresolved conversations and unsolved tickets from an agent who has been deleted. Error: PA040.';
