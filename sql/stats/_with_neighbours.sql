-- A dialog that comes, goes or moves changes what the ones next to it in the conversation say of it: reopened_at and
-- previous_resolved_at. Where it was is asked of its stored facts, too. One in which only more was said is where it was: whatever else
-- happens to it is noted as well.
create or replace function stats._with_neighbours(stale stats.stale_dialog[]) returns stats.stale_dialog[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_memoize = off
set jit = off
as $$
begin
  return array(
    select row(n.dialog_id, min(n.since))::stats.stale_dialog
    from (
      select a.dialog_id, a.since from unnest(stale) a
      union all
      select neighbour.id, '-infinity'
      from (select s.dialog_id from unnest(stale) s where s.since = '-infinity') a
      cross join lateral (
        select d.conversation_id, d.created_at as at from chat.dialogs d where d.id = a.dialog_id
        union
        select s.conversation_id, s.started_at from stats.dialogs s where s.dialog_id = a.dialog_id
        offset 0
      ) place
      cross join lateral (
        (
          select d.id, d.conversation_id, d.created_at from chat.dialogs d
          where d.conversation_id = place.conversation_id and d.created_at < place.at
          order by d.created_at desc
          limit 1
        )
        union all
        (
          select d.id, d.conversation_id, d.created_at from chat.dialogs d
          where d.conversation_id = place.conversation_id and d.created_at > place.at
          order by d.created_at
          limit 1
        )
        offset 0
      ) neighbour
      cross join lateral (
        select s.reopened_at, s.previous_resolved_at from stats.dialogs s where s.dialog_id = neighbour.id offset 0
      ) stored
      -- Asked for one by one: most agree, and a look is cheaper than computing them anew.
      where stored.reopened_at is distinct from (
          select d.created_at from chat.dialogs d
          where d.conversation_id = neighbour.conversation_id and d.created_at > neighbour.created_at
          order by d.created_at
          limit 1
        )
        or stored.previous_resolved_at is distinct from (
          select case when d.status = 1 then d.updated_at end from chat.dialogs d
          where d.conversation_id = neighbour.conversation_id and d.created_at < neighbour.created_at
          order by d.created_at desc
          limit 1
        )
    ) n
    group by n.dialog_id
  );
end $$;

comment on function stats._with_neighbours(stats.stale_dialog[]) is
  'Dialogs, and those next to them in their conversations that no longer agree with them: each once.';
