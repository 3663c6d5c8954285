-- With scans and sorts off only plans are left that read no more than they return, whatever the table looked like when it was planned.
create or replace function outbound.receive(
  destination_ids integer[],
  after_ids bigint[],
  most integer[],
  in_hand bigint[],
  due boolean[]
) returns table (
  destination_id integer,
  id bigint,
  event_id bigint,
  event_name text,
  key text,
  data jsonb,
  put_at timestamptz,
  attempts smallint,
  crashes smallint,
  delayed boolean,
  parked boolean
)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_sort = off
as $$
  -- One statement, so one snapshot: what is committed meanwhile must neither be delivered nor passed over unexamined.
  with due as materialized (
    select d.destination_id, d.id, d.event_id, d.key, d.attempts, d.crashes
    from unnest(receive.destination_ids, receive.most, receive.due) as w (destination_id, most, due)
    cross join lateral outbound._due(w.destination_id, receive.in_hand, w.most) d
    where w.due
  ), fresh as materialized (
    select d.*, d.key is not null and exists (
        select
        from outbound.deliveries b
        where b.destination_id = w.destination_id and b.key = d.key and b.state in ('retry', 'behind') and b.id < d.id
      ) as blocked
    from unnest(receive.destination_ids, receive.after_ids, receive.most) as w (destination_id, after_id, most)
    cross join lateral (
      select d.ctid, d.destination_id, d.id, d.event_id, d.key, d.attempts, d.crashes
      from outbound.deliveries d
      where d.destination_id = w.destination_id and d.id > w.after_id and d.state = 'ready'
        and d.id <> all (receive.in_hand)
      order by d.destination_id, d.id
      limit w.most
    ) d
  ), held_back as (
    update outbound.deliveries d
    set state = 'behind', due_at = 'infinity'
    where d.ctid = any (array(select f.ctid from fresh f where f.blocked))
  ), taken as (
    select u.destination_id, u.id, u.event_id, u.key, u.attempts, u.crashes, true as delayed, false as blocked from due u
    union all
    select f.destination_id, f.id, f.event_id, f.key, f.attempts, f.crashes, false, f.blocked from fresh f
  )
  select t.destination_id, t.id, t.event_id, e.name, t.key, e.data, e.put_at, t.attempts, t.crashes, t.delayed, t.blocked
  from taken t
  left join lateral (select e.name, e.data, e.put_at from broker.events e where e.id = t.event_id and not t.blocked offset 0) e on true
  order by t.id;
$$;

comment on function outbound.receive(integer[], bigint[], integer[], bigint[], boolean[]) is
  'For each destination its next deliveries above an id, at most so many, and where due is true retries whose time has come. Those in '
  'hand are left out. What comes behind a retry of its key is held back there (parked) and without its event.';
