create or replace function broker._wanted_routes() returns table (event_name text, queue_id integer, lanes smallint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select t.name, coalesce(q.id, 0), coalesce(q.lanes, 1::smallint)
  from broker.t_chatserver_event t
  left join broker.t_chatserver_queue r on r.event_id = t.id
  left join broker.queues q on q.name = r.name;
$$;

comment on function broker._wanted_routes() is 'What broker.routes should hold; queue 0 stands for an event that no queue receives.';
