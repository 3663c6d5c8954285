create or replace function outbound.redeliver(
  destination_id integer,
  event_id bigint default null,
  since timestamptz default null,
  until timestamptz default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination outbound.destinations := outbound._destination(redeliver.destination_id);
  v_until timestamptz := coalesce(redeliver.until, broker.now());
  v_count bigint;
begin
  if (redeliver.event_id is null) = (redeliver.since is null) or redeliver.since >= v_until then
    raise exception using
      errcode = 'PA008',
      message = 'redelivery needs one event, or a time range whose since lies before its until',
      hint = 'Give event_id => ..., or since => the time of the first event to deliver again.';
  end if;
  -- Retention must not drop an event between the look and the commit.
  perform pg_advisory_xact_lock_shared(1346458192, 0);
  -- Before the first id is drawn: checkpoints rely on that order.
  perform pg_current_xact_id();

  insert into outbound.deliveries as d (destination_id, id, kind, event_id, key)
  select v_destination.id, nextval('broker.message_id_seq'), v_destination.kind, e.id,
    coalesce(e.key, broker.conversation_group(e.data))
  from (
    select e.id, e.key, e.data
    from broker.events e
    where (e.id = redeliver.event_id
        or (redeliver.event_id is null and e.put_at >= redeliver.since and e.put_at < v_until))
      and (e.run_at is null or e.run_at <= broker.now())
      and outbound._account_id(e.data) = v_destination.account_id
      and (v_destination.events is null or e.name = any (v_destination.events))
      and e.name in (
        select t.name
        from broker.t_chatserver_event t
        join broker.t_chatserver_queue r on r.event_id = t.id
        join outbound.kinds k on k.queue = r.name
        where k.name = v_destination.kind
      )
    order by e.id
  ) e
  on conflict on constraint delivery_once do update
  set id = excluded.id, state = 'ready', attempts = 0, crashes = 0, due_at = null, error_id = null
  where d.state = 'rejected';
  get diagnostics v_count = row_count;

  if v_count = 0 and redeliver.event_id is not null
    and not exists (
      select from outbound.deliveries d
      where d.event_id = redeliver.event_id and d.destination_id = redeliver.destination_id
    ) then
    raise exception using
      errcode = 'PA066',
      message = format('destination %s cannot get event %s', v_destination.id, redeliver.event_id),
      hint = 'The event is not in the log any more, belongs to another account, or is none that this destination wants.';
  end if;
  return v_count;
end $$;

comment on function outbound.redeliver(integer, bigint, timestamptz, timestamptz) is
  'Delivers one event, or those put from since to before until (default: now), once more to one destination, under the delivery ids they '
  'had; what waits already is left as it is. Returns how many. Errors: PA008, PA063, PA066.';
