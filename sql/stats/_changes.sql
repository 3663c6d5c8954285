-- Of a dialog that goes on, most facts stay as they are. Facts are whole rows of their tables: an array of records would be assigned by way of text.
create or replace function stats._changes(facts stats.facts) returns stats.changes
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_nestloop = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_added stats.facts;
  v_removed stats.facts;
  v_alike stats.dialogs[];
  v_said stats.message_counts[];
  -- Of the others, what is not among these facts stays.
  v_anew constant bigint[] := array(select unnest(facts.stale) except select unnest(facts.goes_on));
begin
  select array_agg(c.new_fact) filter (where c.is_new and not c.is_alike), array_agg(c.old_fact) filter (where c.is_old and not c.is_alike),
    array_agg(c.new_fact) filter (where c.is_alike)
  into v_added.dialogs, v_removed.dialogs, v_alike
  from (
    select new as new_fact, new.dialog_id is not null as is_new, old.fact as old_fact, old.dialog_id is not null as is_old,
      stats._measure_alike(old.fact, new) as is_alike
    from (select f.dialog_id, f as fact from stats.dialogs f where f.dialog_id = any (facts.stale)) old
    full join unnest(facts.dialogs) new on new.dialog_id = old.dialog_id
    where new is distinct from old.fact
    offset 0
  ) c;

  select array_agg(new) filter (where new.dialog_id is not null), array_agg(old.fact) filter (where old.dialog_id is not null)
  into v_added.turns, v_removed.turns
  from (
    select f.dialog_id, f.n, f as fact from stats.turns f where f.dialog_id = any (v_anew)
    union all
    select f.dialog_id, f.n, f.fact
    from unnest(facts.turns) c
    cross join lateral (select f.dialog_id, f.n, f as fact from stats.turns f where f.dialog_id = c.dialog_id and f.n = c.n offset 0) f
    where c.dialog_id in (select unnest(facts.goes_on))
  ) old
  full join unnest(facts.turns) new on new.dialog_id = old.dialog_id and new.n = old.n
  where new is distinct from old.fact;

  -- All of a dialog computed anew, or none: how long an agent handled it is measured of all of them together.
  select array_agg(c.new_fact) filter (where c.is_new), array_agg(c.old_fact) filter (where c.is_old)
  into v_added.ownerships, v_removed.ownerships
  from (
    select new as new_fact, new.dialog_id is not null as is_new, old.fact as old_fact, old.dialog_id is not null as is_old,
      bool_or(new is distinct from old.fact) over (partition by coalesce(new.dialog_id, old.dialog_id)) as differs
    from (
      select f.dialog_id, f.n, f as fact from stats.ownerships f where f.dialog_id = any (v_anew)
      union all
      select f.dialog_id, f.n, f.fact
      from unnest(facts.ownerships) c
      cross join lateral (select f.dialog_id, f.n, f as fact from stats.ownerships f where f.dialog_id = c.dialog_id and f.n = c.n offset 0) f
      where c.dialog_id in (select unnest(facts.goes_on))
    ) old
    full join unnest(facts.ownerships) new on new.dialog_id = old.dialog_id and new.n = old.n
  ) c
  where c.differs;

  select array_agg(c.new_fact) filter (where c.is_new and not c.goes_on), array_agg(c.old_fact) filter (where c.is_old),
    array_agg(c.new_fact) filter (where c.goes_on)
  into v_added.message_counts, v_removed.message_counts, v_said
  from (
    select new as new_fact, new.dialog_id is not null as is_new, new.dialog_id in (select unnest(facts.goes_on)) as goes_on,
      old.fact as old_fact, old.dialog_id is not null as is_old
    from (
      select f.dialog_id, f.slot, f.metric, f.agent_id, f as fact from stats.message_counts f where f.dialog_id = any (v_anew)
    ) old
    full join unnest(facts.message_counts) new
      on new.dialog_id = old.dialog_id and new.slot = old.slot and new.metric = old.metric and new.agent_id = old.agent_id
    where new is distinct from old.fact
    offset 0
  ) c;

  return row(v_added, v_removed, v_alike, v_said);
end $$;

comment on function stats._changes(stats.facts) is 'How these facts differ from what is stored of their dialogs.';
