create or replace function outbound.accept(
  kind text,
  account_ids bigint[],
  event_ids bigint[],
  event_names text[],
  keys text[]
) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_count integer;
begin
  -- Before the first id is drawn: checkpoints rely on that order.
  perform pg_current_xact_id();

  with events as (
    -- One that failed at several destinations comes from the error queue as often.
    select distinct on (e.event_id) e.event_id, e.account_id, e.event_name, e.key, e.position
    from unnest(accept.account_ids, accept.event_ids, accept.event_names, accept.keys)
      with ordinality as e (account_id, event_id, event_name, key, position)
    order by e.event_id, e.position
  ), redriven as (
    select d.destination_id, d.event_id
    from outbound.deliveries d
    where d.event_id = any (accept.event_ids) and d.kind = accept.kind and d.state = 'rejected'
      and not exists (select from broker.error_messages m where m.id = d.error_id)
  ), wanted as (
    select d.id as destination_id, e.event_id, e.key, e.position
    from events e
    join outbound.destinations d on d.account_id = e.account_id and d.kind = accept.kind and d.enabled
      and (d.events is null or e.event_name = any (d.events))
    -- Of an event that comes from the error queue only what was redriven is due again.
    where e.event_id not in (select r.event_id from redriven r)
      -- A replayed event reaches those that have not had it.
      and not exists (
        select from outbound.attempts a
        where a.event_id = e.event_id and a.destination_id = d.id and a.outcome = 'delivered'
      )
    union all
    select r.destination_id, e.event_id, e.key, e.position
    from redriven r
    join events e on e.event_id = r.event_id
  )
  insert into outbound.deliveries as d (destination_id, id, kind, event_id, key)
  select w.destination_id, nextval('broker.message_id_seq'), accept.kind, w.event_id, w.key
  -- Events of one key in their order, those that were redriven too.
  from (select * from wanted order by position, destination_id) w
  on conflict on constraint delivery_once do update
  set id = excluded.id, state = 'ready', attempts = 0, crashes = 0, due_at = null, error_id = null
  where d.state = 'rejected' and not exists (select from broker.error_messages m where m.id = d.error_id);
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function outbound.accept(text, bigint[], bigint[], text[], text[]) is
  'Makes a delivery of each event for each destination of its account and kind that wants it and has not had it, and returns how many. '
  'Called in the transaction that confirms the events, so it happens exactly once. A redriven event goes to the destinations that failed only.';
