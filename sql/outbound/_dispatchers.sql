-- Advisory locks of deliveries, both with two keys. The first names the kind:
--   1346458186 dispatcher:  held shared by every dispatcher of a kind; second key hashtext(kind)
--   1346458187 destination: held by the session that delivers to it; second key destinations.id
create or replace function outbound._dispatchers(kind text) returns setof integer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select l.pid
  from pg_locks l
  where l.locktype = 'advisory' and l.classid = 1346458186 and l.objid::bigint = (hashtext(_dispatchers.kind)::bigint & 4294967295)
    and l.objsubid = 2 and l.granted
    and l.database = (select d.oid from pg_database d where d.datname = current_database());
$$;

comment on function outbound._dispatchers(text) is 'Backends that deliver to destinations of this kind now; a dead one is gone at once.';
