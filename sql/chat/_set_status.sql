create or replace function chat._set_status(conversation_id bigint, status integer, snoozed_until timestamptz default null)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_before constant chat.conversations := chat._lock_conversation(conversation_id);
begin
  if v_before.status = _set_status.status and v_before.snoozed_until is not distinct from _set_status.snoozed_until then
    return false;
  end if;
  update chat.conversations c
  set status = _set_status.status, snoozed_until = _set_status.snoozed_until
  where c.id = _set_status.conversation_id;
  return true;
end $$;

comment on function chat._set_status(bigint, integer, timestamptz) is
  'Gives a conversation that status; false if it has it. Error: PA030.';
