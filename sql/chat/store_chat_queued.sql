create or replace function chat.store_chat_queued(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id bigint := document ->> 'account_id';
  v_rows jsonb;
begin
  if chat._is_from_dialog(document, v_account_id) then
    return false;
  end if;
  v_rows := chat._numbered(document -> 'messages', chat._begin_event(event_id, put_at, v_account_id));
  perform chat._team(p.account_id, p.team_id) from jsonb_populate_recordset(null::chat.queue_positions, v_rows) p;

  insert into chat.queue_positions
  select * from jsonb_populate_recordset(null::chat.queue_positions, v_rows)
  on conflict on constraint queue_positions_pkey do nothing;
  return found;
end $$;

comment on function chat.store_chat_queued(bigint, timestamptz, jsonb) is
  'Stores the positions in queues that a chat.queued lists.';
