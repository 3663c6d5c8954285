create or replace function chat._begin_event(event_id bigint, put_at timestamptz, account_id bigint) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- It may have been kept whole before its tables were there; a replay brings it here.
  delete from chat.other_events o where o.event_id = _begin_event.event_id;
  return jsonb_build_object('event_id', event_id, 'put_at', put_at, 'account_id', chat._account(account_id));
end $$;

comment on function chat._begin_event(bigint, timestamptz, bigint) is
  'The columns that every row of an event has. Makes its account, and takes the event out of other_events if it was kept there.';
