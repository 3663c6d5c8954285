create or replace function broker._readers(queue_id integer) returns setof integer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select l.pid
  from pg_locks l
  where l.locktype = 'advisory' and l.classid = 1346458194 and l.objid = _readers.queue_id::oid and l.objsubid = 2
    and l.granted
    and l.database = (select d.oid from pg_database d where d.datname = current_database());
$$;

comment on function broker._readers(integer) is 'Backends that read the queue now; a dead one is gone at once.';
