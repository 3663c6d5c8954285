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
as $$
declare
  v_again bigint[];
  v_count integer;
begin
  -- Before the first id is drawn: checkpoints rely on that order.
  perform pg_current_xact_id();

  -- Of an event that comes from the error queue only what was redriven is due again.
  with again as (
    update outbound.deliveries d
    set id = nextval('broker.message_id_seq'), state = 'ready', attempts = 0, due_at = null, error_id = null
    where d.event_id = any (accept.event_ids) and d.kind = accept.kind and d.state = 'rejected'
      and not exists (select from broker.error_messages e where e.id = d.error_id)
    returning d.event_id
  )
  select coalesce(array_agg(a.event_id), '{}') into v_again from again a;

  insert into outbound.deliveries (destination_id, id, kind, event_id, key)
  select w.destination_id, nextval('broker.message_id_seq'), accept.kind, w.event_id, w.key
  from (
    select d.id as destination_id, e.event_id, e.key
    from unnest(accept.account_ids, accept.event_ids, accept.event_names, accept.keys)
      with ordinality as e (account_id, event_id, event_name, key, position)
    join outbound.destinations d on d.account_id = e.account_id and d.kind = accept.kind and d.enabled
      and (d.events is null or e.event_name = any (d.events))
    where e.event_id <> all (v_again)
      -- A replayed event reaches those that have not had it.
      and not exists (
        select from outbound.attempts a
        where a.event_id = e.event_id and a.destination_id = d.id and a.outcome = 'delivered'
      )
    -- Events of one key in their order.
    order by e.position, d.id
  ) w
  on conflict on constraint delivery_once do nothing;
  get diagnostics v_count = row_count;
  return v_count + cardinality(v_again);
end $$;

comment on function outbound.accept(text, bigint[], bigint[], text[], text[]) is
  'Makes a delivery of each event for each destination of its account and kind that wants it and has not had it, and returns how many. '
  'Called in the transaction that confirms the events, so it happens exactly once. A redriven event goes to the destinations that failed only.';
