create or replace function broker._waiting(queue_id integer, at_most bigint) returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
  return (
    select count(*)
    from (
      select
      from broker.lanes l
      cross join lateral (
        select from broker.messages m
        where m.queue_id = _waiting.queue_id and m.lane = l.lane and m.id > l.low_id
        limit _waiting.at_most
      ) m
      where l.queue_id = _waiting.queue_id
      limit _waiting.at_most
    ) w
  );
end $$;

comment on function broker._waiting(integer, bigint) is
  'Messages in a queue, counted up to at_most, from where its lanes are settled: old dead rows are not looked at.';
