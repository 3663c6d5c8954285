revoke all on all functions in schema chat from public;
grant usage on schema chat to parley_worker, parley_operator, parley_analyst;

grant execute on function
  chat.store_chat_ended(bigint, timestamptz, jsonb),
  chat.store_chat_rating_submitted(bigint, timestamptz, jsonb),
  chat.store_chat_wrapup_submitted(bigint, timestamptz, jsonb),
  chat.store_agent_status_changed(bigint, timestamptz, jsonb),
  chat.store_other_event(bigint, timestamptz, text, jsonb)
to parley_worker;

grant select on all tables in schema chat to parley_operator, parley_analyst;
