revoke all on all functions in schema outbound from public;
grant usage on schema outbound to parley_analyst, parley_operator, parley_worker;
grant execute on function
  outbound.accept(text, bigint[], bigint[], text[], text[]),
  outbound.join_dispatchers(text), outbound.look(text, bigint), outbound.revisions(text), outbound.hold(integer[]), outbound.release(integer[]),
  outbound.receive(integer[], bigint[], integer[], bigint[], boolean[]), outbound.due_in(integer[], bigint[]),
  outbound.settle(text, jsonb), outbound.save_conditions(jsonb), outbound.record_misconfiguration(integer, text, text),
  outbound.switch_off_gone(integer, text),
  outbound.forget_attempts(integer), outbound.forget_rejected(), outbound.switch_off_failing()
to parley_worker;
grant select on outbound.settings, outbound.kinds to parley_worker, parley_operator;

grant execute on function outbound.ticket_references(integer, text[]), outbound.keep_ticket_reference(integer, text[], text, bigint)
to parley_worker;

-- Operators set up destinations, watch them and deliver again.
grant select on outbound.destinations, outbound.deliveries, outbound.attempts to parley_operator;
grant insert (account_id, kind, name, events, settings, secrets, enabled, concurrency, rate_per_second), delete on outbound.destinations
to parley_operator;
grant update (name, events, settings, secrets, enabled, concurrency, rate_per_second) on outbound.destinations to parley_operator;
grant update (attempts_kept, failing_for) on outbound.settings to parley_operator;
grant select on outbound.destination_states to parley_operator, parley_worker;
grant execute on function
  outbound.redeliver(integer, bigint, timestamptz, timestamptz), outbound.record_attempts(jsonb), outbound.switch_off_failing()
to parley_operator;

-- Analysts: everything but the secrets.
grant select (id, account_id, kind, name, events, enabled, concurrency, rate_per_second, created_at, updated_at, failing_since, failed_at,
  error_code, error, circuit_opened_at, probe_at, misconfigured, switched_off_at)
on outbound.destinations to parley_analyst;
grant select on outbound.attempts to parley_analyst;
