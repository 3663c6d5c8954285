create or replace view outbound.destination_states as
select d.id, d.account_id, d.kind, d.name, d.events, d.enabled, d.concurrency, d.rate_per_second,
  case
    when d.switched_off_at is not null then 'switched off'
    when not d.enabled then 'disabled'
    when d.misconfigured is not null then 'misconfigured'
    when d.circuit_opened_at is not null then 'down'
    when d.failing_since is not null then 'failing'
    else 'works'
  end as state,
  w.waiting, d.failing_since, d.failed_at, d.error_code, coalesce(d.misconfigured, d.error) as error,
  d.circuit_opened_at, d.probe_at, d.switched_off_at, d.created_at, d.updated_at
from outbound.destinations d
-- Not all of a million: who looks wants to know whether it is many.
cross join lateral (
  select count(*)::integer as waiting
  from (
    select from outbound.deliveries w
    where w.destination_id = d.id and w.state <> 'rejected'
    -- Of the primary key: without an order the planner, which takes all destinations for alike, may read the table for each.
    order by w.id
    limit 10000
  ) w
) w
where d.removed_at is null;

comment on view outbound.destination_states is 'Each destination and how it is; waiting: its deliveries, counted up to 10000. No secrets.';
