create or replace function chat.store_visitor_conversion_achieved(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_rows jsonb := chat._numbered(document -> 'logs', chat._begin_event(event_id, put_at, (document ->> 'account_id')::bigint));
begin
  perform chat._agent(c.account_id, c.agent_id), chat._team(c.account_id, c.team_id),
    chat._team(c.account_id, c.current_team_id)
  from jsonb_populate_recordset(null::chat.conversions, v_rows) c;

  insert into chat.conversions
  select * from jsonb_populate_recordset(null::chat.conversions, v_rows)
  on conflict on constraint conversions_pkey do nothing;
  return found;
end $$;

comment on function chat.store_visitor_conversion_achieved(bigint, timestamptz, jsonb) is
  'Stores the conversions that a visitor.conversion.achieved lists.';
