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
set jit = off
set max_parallel_workers_per_gather = 0
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := stats.current_account();
begin
  perform stats.check_window(since, until);
  -- Nothing has been handled yet of what is still to come.
  until := least(until, broker.now());
  if since >= until then
    return;
  end if;

  return query
  with handled as (
    select h.agent_id, h.dialogs, t.handled, t.busy, p.depth, p.at
    from stats._handled(v_account_id, since, until, agent_ids, team_ids, inbox_ids) h
    cross join lateral (
      select sum(d.ended_at - d.began_at) as handled, range_agg(tstzrange(d.began_at, d.ended_at)) as busy
      from unnest(h.begins, h.ends) d (began_at, ended_at)
    ) t
    -- When the n-th dialog begins there are n of them, less those that have ended by then.
    cross join lateral (
      select b.n - width_bucket(b.at, h.ends) as depth, b.at
      from unnest(h.begins) with ordinality b (at, n)
      order by depth desc, b.at
      limit 1
    ) p
  ),
  presences as (
    select p.agent_id,
      coalesce(range_agg(tstzrange(greatest(p.began_at, since), least(p.ended_at, until))) filter (where p.is_available), '{}') as available
    from stats.presences(v_account_id, since, until, agent_ids) p
    group by p.agent_id
  ),
  agents as (
    select agent_id, h.dialogs, h.handled, h.depth, h.at, s.busy, s.available, s.busy_available
    from handled h
    full join presences p using (agent_id)
    cross join lateral (
      select stats._length(h.busy), stats._length(p.available), stats._length(h.busy * p.available)
    ) s (busy, available, busy_available)
    where h.agent_id is not null or team_ids is null and inbox_ids is null and p.available <> '{}'
  )
  select a.agent_id, u.name, coalesce(a.dialogs, 0), coalesce(stats._ms(a.handled), 0) / 1000::double precision,
    coalesce(stats._ms(a.busy), 0) / 1000::double precision,
    stats._ms(a.handled)::double precision / nullif(stats._ms(a.busy), 0),
    coalesce(a.depth, 0), a.at, stats._ms(a.available) / 1000::double precision,
    coalesce(stats._ms(a.busy_available), 0)::double precision / nullif(stats._ms(a.available), 0)
  from agents a
  join chat.users u on u.account_id = v_account_id and u.id = a.agent_id
  order by a.agent_id;
end $$;

comment on function api.concurrency(timestamptz, timestamptz, bigint[], bigint[], bigint[]) is
  'How many dialogs agents handled at once in [since, until), as of the last commit: a row for everyone who handled one or, unless '
  'teams or inboxes are asked for, was available. since and until are on a full quarter of an hour; of what is to come nothing is counted. '
  '0 among team_ids: dialogs without a team.';
