create or replace function broker.record_suspects(queue_id integer, ids bigint[])
returns table (id bigint, crashes smallint)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into broker.suspect_messages as s (queue_id, id, crashes)
  select record_suspects.queue_id, i, 1 from unnest(record_suspects.ids) i
  on conflict (queue_id, id) do update set crashes = s.crashes + 1
  returning s.id, (s.crashes - 1)::smallint;
$$;

comment on function broker.record_suspects(integer, bigint[]) is
  'Before messages run in a lane whose last reader crashed: counts a crash for each in advance, and returns how many it had before.';
