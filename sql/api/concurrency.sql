-- With the owner's rights, since analysts do not read schema chat: one account's rows are asked for by its id.
create or replace function api.concurrency(
  since timestamptz,
  until timestamptz,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.concurrency_row
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := stats.current_account();
  v_facts stats.facts;
  v_pending stats.facts;
  -- Days of which what was handled is kept. By team and inbox it is not.
  v_kept tstzmultirange := '{}';
begin
  perform stats.check_window(since, until);
  -- Nothing has been handled yet of what is still to come.
  until := least(until, broker.now());
  if since >= until then
    return;
  end if;

  if team_ids is null and inbox_ids is null then
    v_kept := stats._kept_days(v_account_id, since, until);
  end if;
  for v_facts in select p.* from stats.pending(v_account_id) p loop
    v_pending.stale := v_pending.stale || v_facts.stale;
    v_pending.ownerships := v_pending.ownerships || v_facts.ownerships;
    if v_kept <> '{}' then
      v_kept := v_kept - coalesce(
        (select range_agg(tstzrange(d.starts_at, d.ends_at)) from stats._days_changed(stats._changes(v_facts)) d), '{}'
      );
    end if;
  end loop;

  return query
  with pieces as (
    select k.agent_id, k.dialogs, k.handled_before, k.handled, k.busy, k.most, k.most_at
    from unnest(v_kept) days
    cross join lateral (
      select h.* from stats.handled h
      where h.account_id = v_account_id and h.starts_at >= lower(days) and h.starts_at < upper(days)
        and (agent_ids is null or h.agent_id = any (agent_ids))
      offset 0
    ) k
    union all
    select h.*
    from unnest(tstzmultirange(tstzrange(since, until)) - v_kept) rest
    cross join lateral stats._handled(v_account_id, lower(rest), upper(rest), since, v_pending, agent_ids, team_ids, inbox_ids) h
  ),
  handled as (
    select p.agent_id,
      -- What was handled in the window before has been counted there.
      sum(p.dialogs - (cardinality(p.handled_before) - width_bucket(since, p.handled_before))) as dialogs,
      sum(p.handled) as handled, range_agg(p.busy) as busy,
      (array_agg(p.most order by p.most desc, p.most_at))[1]::bigint as most, (array_agg(p.most_at order by p.most desc, p.most_at))[1] as most_at
    from pieces p
    group by p.agent_id
  ),
  presences as (
    select p.agent_id,
      coalesce(range_agg(tstzrange(greatest(p.began_at, since), least(p.ended_at, until))) filter (where p.is_available), '{}') as available
    from stats.presences(v_account_id, since, until, agent_ids) p
    group by p.agent_id
  ),
  agents as (
    select agent_id, h.dialogs, h.handled, h.most, h.most_at, s.busy, s.available, s.busy_available
    from handled h
    full join presences p using (agent_id)
    cross join lateral (
      select stats._length(h.busy), stats._length(p.available), stats._length(h.busy * p.available)
      -- Measured once each.
      offset 0
    ) s (busy, available, busy_available)
    where h.agent_id is not null or team_ids is null and inbox_ids is null and p.available <> '{}'
  )
  select a.agent_id, u.name, coalesce(a.dialogs, 0), coalesce(stats._ms(a.handled), 0) / 1000::double precision,
    coalesce(stats._ms(a.busy), 0) / 1000::double precision,
    stats._ms(a.handled)::double precision / nullif(stats._ms(a.busy), 0),
    coalesce(a.most, 0), a.most_at, stats._ms(a.available) / 1000::double precision,
    coalesce(stats._ms(a.busy_available), 0)::double precision / nullif(stats._ms(a.available), 0)
  from agents a
  join chat.users u on u.account_id = v_account_id and u.id = a.agent_id
  order by a.agent_id;
end $$;

comment on function api.concurrency(timestamptz, timestamptz, bigint[], bigint[], bigint[]) is
  'How many dialogs agents handled at once in [since, until), as of the last commit: a row for everyone who handled one or, unless '
  'teams or inboxes are asked for, was available. since and until are on a full quarter of an hour; of what is to come nothing is counted. '
  '0 among team_ids: dialogs without a team.';
