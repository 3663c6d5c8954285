create or replace function chat.store_manual_invitation_logged(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_rows jsonb := chat._numbered(document -> 'logs', chat._begin_event(event_id, put_at, (document ->> 'account_id')::bigint));
begin
  perform chat._agent(i.account_id, i.agent_id) from jsonb_populate_recordset(null::chat.manual_invitations, v_rows) i;

  insert into chat.manual_invitations
  select * from jsonb_populate_recordset(null::chat.manual_invitations, v_rows)
  on conflict on constraint manual_invitations_pkey do nothing;
  return found;
end $$;

comment on function chat.store_manual_invitation_logged(bigint, timestamptz, jsonb) is
  'Stores the invitations that a manualInvitation.logged lists.';
