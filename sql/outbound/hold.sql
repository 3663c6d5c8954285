create or replace function outbound.hold(ids integer[], worker text)
returns table (
  id integer,
  account_id bigint,
  name text,
  settings jsonb,
  secrets text,
  concurrency smallint,
  rate_per_second real,
  revision integer,
  failing_for_s double precision,
  circuit_open boolean,
  probe_in_s double precision,
  probes integer,
  misconfigured text,
  crashed boolean
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_held integer[];
begin
  select array_agg(i) into v_held
  from unnest(hold.ids) i
  where pg_try_advisory_lock(1346458187, i);
  -- A statement of its own, so that it sees what the last holder has committed.
  return query
  with left_behind as (
    select h.destination_id from outbound.holders h where h.destination_id = any (v_held) and h.worker <> hold.worker
  ), held as (
    insert into outbound.holders as h (destination_id, worker)
    select d.id, hold.worker from outbound.destinations d where d.id = any (v_held)
    on conflict (destination_id) do update set worker = excluded.worker
  )
  select d.id, d.account_id, d.name, d.settings, d.secrets, d.concurrency, d.rate_per_second, d.revision,
    extract(epoch from broker.now() - d.failing_since)::double precision, d.circuit_opened_at is not null,
    greatest(extract(epoch from d.probe_at - broker.now()), 0)::double precision, d.probes, d.misconfigured,
    d.id in (select l.destination_id from left_behind l)
  from outbound.destinations d
  where d.id = any (v_held);
end $$;

comment on function outbound.hold(integer[], text) is
  'Takes those of these destinations that nobody else holds, for this session, and returns them as they are now; none of them may be held '
  'already. crashed: its last worker, another one, did not vacate it.';
