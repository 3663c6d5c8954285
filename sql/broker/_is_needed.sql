create or replace function broker._is_needed(from_id bigint, to_id bigint) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from broker.messages m where m.event_id >= _is_needed.from_id and m.event_id < _is_needed.to_id
  ) or exists (
    select from broker.delayed_messages d where d.event_id >= _is_needed.from_id and d.event_id < _is_needed.to_id
  ) or exists (
    select from outbound.deliveries d
    where d.event_id >= _is_needed.from_id and d.event_id < _is_needed.to_id and d.state <> 'rejected'
  );
$$;

comment on function broker._is_needed(bigint, bigint) is
  'Does a queue, or a destination, still wait for one of these events (to_id excluded)? The error queue has copies of its own.';
