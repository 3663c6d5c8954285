revoke all on all functions in schema outbound from public;
grant usage on schema outbound to parley_analyst, parley_operator, parley_worker;
grant execute on function
  outbound.accept(text, bigint[], bigint[], text[], text[]),
  outbound.join_dispatchers(text), outbound.look(text, bigint), outbound.revisions(text), outbound.hold(integer[], text),
  outbound.vacate(integer[]), outbound.release(integer[]),
  outbound.receive(integer[], bigint[], integer[], bigint[], boolean[]), outbound.due_in(integer[], bigint[]),
  outbound.settle(text, jsonb), outbound.save_conditions(jsonb), outbound.record_misconfiguration(integer, text, text),
  outbound.record_suspects(integer[], bigint[]), outbound.clear_suspects(integer[], bigint[]),
  outbound.switch_off_gone(integer, integer, text), outbound.switch_off_failing(), outbound.delete_removed(integer),
  outbound.forget_attempts(integer), outbound.forget_answers(integer), outbound.forget_rejected(), outbound.forget_old_mailed(integer),
  outbound.mailed_recipients(text), outbound.remember_mailed(text, bytea[]), outbound.forget_mailed(text),
  outbound.ticket_references(integer, text[]), outbound.keep_ticket_reference(integer, text[], text, bigint)
to parley_worker;
grant select on outbound.settings, outbound.kinds to parley_worker, parley_operator;

-- Operators set up destinations, watch them and deliver again.
grant select on outbound.destinations, outbound.deliveries, outbound.attempts to parley_operator;
grant insert (id, account_id, kind, name, events, settings, secrets, enabled, concurrency, rate_per_second) on outbound.destinations
to parley_operator;
-- A million deliveries would go with it, in one statement.
revoke delete on outbound.destinations from parley_operator;
grant update (name, events, settings, secrets, enabled, concurrency, rate_per_second) on outbound.destinations to parley_operator;
grant update (attempts_kept, answers_kept, keep_answers_of_delivered, failing_for, destinations_per_account) on outbound.settings to parley_operator;
grant select on outbound.destination_states to parley_operator, parley_worker;
grant execute on function
  outbound.redeliver(integer, bigint, timestamptz, timestamptz), outbound.record_attempts(jsonb), outbound.switch_off_failing(),
  outbound.new_destination_id(), outbound.remove_destination(integer)
to parley_operator;
-- Administrators by what schema api shows them, which is checked as theirs.
grant execute on function outbound.shown_headers(jsonb) to parley_operator, parley_administrator;

-- Analysts: everything but the secrets.
grant select (id, account_id, kind, name, events, enabled, concurrency, rate_per_second, created_at, updated_at, failing_since, failed_at,
  error_code, error, circuit_opened_at, probe_at, misconfigured, switched_off_at)
on outbound.destinations to parley_analyst;
grant select on outbound.attempts to parley_analyst;
