-- A function of its own, with nested loops: stats._compute() forbids them, and would read all dialogs.
create or replace function stats._last_ratings(named stats.named_dialog[])
returns table (dialog_id bigint, rating integer, rated_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select distinct on (d.dialog_id) d.dialog_id, v.rating_grade, v.put_at
  from unnest(named) d
  cross join lateral stats._ratings_of(d.account_id, d.chat_guid, d.as_number) c (rating_id)
  cross join lateral (
    select f.* from chat.chat_ratings f where f.id = c.rating_id and f.dialog_id = d.dialog_id offset 0
  ) v
  order by d.dialog_id, v.put_at desc, v.event_id desc;
end $$;

comment on function stats._last_ratings(stats.named_dialog[]) is
  'The last rating of each dialog that has one: of those that could be about it, if chat.chat_ratings says that they are.';
