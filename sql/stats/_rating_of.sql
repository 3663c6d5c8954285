-- A function of its own, with nested loops: stats.compute() forbids them, and would read all dialogs for every rating.
create or replace function stats._rating_of(account_id bigint, dialog_id bigint, chat_guid text, as_number bigint)
returns table (rating integer, rated_at timestamptz)
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_nestloop = on
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
begin
  return query
    select v.rating_grade, v.put_at
    from stats._ratings_of(_rating_of.account_id, _rating_of.chat_guid, _rating_of.as_number) c (rating_id)
    cross join lateral (
      select f.* from chat.chat_ratings f where f.id = c.rating_id and f.dialog_id = _rating_of.dialog_id offset 0
    ) v
    order by v.put_at desc, v.event_id desc
    limit 1;
end $$;

comment on function stats._rating_of(bigint, bigint, text, bigint) is
  'The last rating of a dialog: of those that could be about it, if chat.chat_ratings says that they are.';
