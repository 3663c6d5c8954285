create or replace function broker.promote_scheduled() returns bigint
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  with due as (
    delete from broker.delayed_messages d
    using (
      select s.queue_id, s.id
      from broker.delayed_messages s
      where s.kind = 'scheduled' and s.run_at <= broker.now()
      order by s.run_at
      limit 10000
      for update skip locked
    ) s
    where d.queue_id = s.queue_id and d.id = s.id
    returning d.queue_id, d.lane, d.event_id, d.run_at, d.id
  ), moved as (
    insert into broker.messages (queue_id, lane, id, event_id)
    select d.queue_id, d.lane, nextval('broker.message_id_seq'), d.event_id
    from (select * from due order by run_at, id) d
    returning 1
  )
  select count(*) from moved;
$$;

comment on function broker.promote_scheduled() is 'Moves scheduled messages whose time has come to the end of their lanes; returns how many.';
