create or replace function chat.link_ticket(
  ticket_id bigint, dialog_id bigint default null, chat_guid text default null, external_id text default null
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_before constant chat.tickets := chat._lock_ticket(ticket_id);
  v_origin record;
  v_after chat.tickets := v_before;
begin
  if dialog_id is not null or chat_guid is not null then
    v_origin := chat._ticket_origin(v_before.account_id, dialog_id, chat_guid);
    v_after.dialog_id := v_origin.own_dialog_id;
    v_after.chat_guid := v_origin.chat_guid;
  end if;
  v_after.external_id := coalesce(link_ticket.external_id, v_before.external_id);
  if v_after is not distinct from v_before then
    return false;
  end if;
  update chat.tickets t
  set dialog_id = v_after.dialog_id, chat_guid = v_after.chat_guid, external_id = v_after.external_id,
    updated_at = greatest(broker.clock(), t.updated_at)
  where t.id = v_before.id;
  return true;
end $$;

comment on function chat.link_ticket(bigint, bigint, text, text) is
  'Says of which dialog, or chat that need not be stored yet, a ticket came, and what another system calls it; null leaves it as it is. '
  'False if nothing changes. Errors: PA080, PA082, PA084, 23505 for an external_id in use.';
