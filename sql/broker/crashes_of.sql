create or replace function broker.crashes_of(queue_id integer, ids bigint[]) returns table (id bigint, crashes smallint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.id, s.crashes
  from broker.suspect_messages s
  where s.queue_id = crashes_of.queue_id and s.id = any (crashes_of.ids);
$$;

comment on function broker.crashes_of(integer, bigint[]) is 'Which of these messages were in hand when their worker crashed, and how often.';
