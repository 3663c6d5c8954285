create or replace function outbound._queue_id(kind text) returns integer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select q.id
  from outbound.kinds k
  join broker.queues q on q.name = k.queue
  where k.name = _queue_id.kind;
$$;

comment on function outbound._queue_id(text) is 'The queue whose events destinations of this kind get; null if it has been dropped.';
