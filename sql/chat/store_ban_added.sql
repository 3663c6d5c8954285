create or replace function chat.store_ban_added(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id bigint := document ->> 'account_id';
begin
  document := document || chat._begin_event(event_id, put_at, v_account_id);
  perform chat._agent(v_account_id, (document ->> 'agent_id')::bigint),
    chat._agent(v_account_id, (document ->> 'operator_id')::bigint);
  insert into chat.bans
  select * from jsonb_populate_record(null::chat.bans, document)
  on conflict on constraint bans_pkey do nothing;
  return found;
end $$;

comment on function chat.store_ban_added(bigint, timestamptz, jsonb) is 'Stores a ban.';
