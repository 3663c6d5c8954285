create or replace function outbound.save_conditions(conditions jsonb) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update outbound.destinations d
  set failing_since = broker.now() - make_interval(secs => c.failing_for_s),
    failed_at = case when c.failing_for_s is not null then broker.now() end,
    error_code = case when c.failing_for_s is not null then coalesce(c.code, d.error_code) end,
    error = case when c.failing_for_s is not null then coalesce(left(c.error, 2000), d.error) end,
    circuit_opened_at = case when c.circuit_open then coalesce(d.circuit_opened_at, broker.now()) end,
    probe_at = case when c.circuit_open then broker.now() + make_interval(secs => c.probe_in_s) end,
    probes = case when c.circuit_open then c.probes else 0 end
  from jsonb_to_recordset(save_conditions.conditions) as c
    (id integer, revision integer, failing_for_s double precision, code text, error text, circuit_open boolean, probe_in_s double precision, probes integer)
  -- One that has been changed meanwhile begins anew.
  where d.id = c.id and d.revision = c.revision;
$$;

comment on function outbound.save_conditions(jsonb) is
  'Writes how destinations are. Called when that changes and, while one fails, at most once a minute: never for each delivery. '
  'conditions: [{id, revision, failing_for_s, code, error, circuit_open, probe_in_s, probes}].';
