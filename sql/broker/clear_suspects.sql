create or replace function broker.clear_suspects(queue_id integer, ids bigint[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from broker.suspect_messages s
  where s.queue_id = clear_suspects.queue_id and s.id = any (clear_suspects.ids);
$$;

comment on function broker.clear_suspects(integer, bigint[]) is 'Messages that ran without crashing their worker are suspect no more.';
