create or replace function outbound.revisions(kind text) returns table (destination_id integer, revision integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select d.id, d.revision from outbound.destinations d where d.kind = revisions.kind and d.enabled;
$$;

comment on function outbound.revisions(text) is 'The destinations of a kind that are enabled, and their revisions: what dispatchers follow.';
