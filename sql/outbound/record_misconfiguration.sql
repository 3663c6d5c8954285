create or replace function outbound.record_misconfiguration(id integer, code text, reason text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination outbound.destinations;
begin
  update outbound.destinations d
  -- What failed before is over: it is not even tried.
  set misconfigured = left(record_misconfiguration.reason, 2000), error_code = record_misconfiguration.code,
    failing_since = null, failed_at = null, error = null
  where d.id = record_misconfiguration.id and d.misconfigured is distinct from left(record_misconfiguration.reason, 2000)
  returning d.* into v_destination;
  if found and record_misconfiguration.reason is not null then
    perform outbound._put_error_event(v_destination, record_misconfiguration.code, record_misconfiguration.reason);
  end if;
end $$;

comment on function outbound.record_misconfiguration(integer, text, text) is
  'Says why a destination cannot be used, with an Error event the first time; reason null: it can.';
