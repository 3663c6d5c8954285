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
  c_available constant integer := 1000000;
begin
  perform stats.check_window(since, until);
  -- Nothing has been handled yet of what is still to come.
  until := least(until, broker.now());
  if since >= until then
    return;
  end if;

  return query
  with handled as materialized (
    select h.* from stats._handled(v_account_id, since, until, agent_ids, team_ids, inbox_ids) h
  ),
  presences as materialized (
    select p.agent_id, p.is_available, greatest(p.began_at, since) as began_at, least(p.ended_at, until) as ended_at
    from stats.presences(v_account_id, since, until, agent_ids) p
  ),
  -- Every beginning and end of a dialog and of availability. What ends at a moment is no more when something else begins at it.
  changes as (
    select h.agent_id, h.began_at as at, 1 as change from handled h
    union all
    select h.agent_id, h.ended_at, -1 from handled h
    union all
    select p.agent_id, p.began_at, c_available from presences p where p.is_available
    union all
    select p.agent_id, p.ended_at, -c_available from presences p where p.is_available
  ),
  -- The dialogs from then on, plus c_available while available: two counts at the price of one.
  steps as materialized (
    select c.agent_id, c.at, sum(c.change) over w as state, lead(c.at) over w - c.at as lasted
    from changes c
    window w as (partition by c.agent_id order by c.at, c.change rows unbounded preceding)
  ),
  sums as (
    select s.agent_id, max(s.state % c_available) as peak,
      sum(s.lasted) filter (where s.state % c_available > 0) as busy,
      sum(s.lasted) filter (where s.state >= c_available) as available,
      sum(s.lasted) filter (where s.state > c_available) as busy_available
    from steps s
    group by s.agent_id
  ),
  peaks as (
    select s.agent_id, min(s.at) as at
    from steps s
    join sums m on m.agent_id = s.agent_id and m.peak = s.state % c_available
    group by s.agent_id
  ),
  dialogs as (
    select h.agent_id, count(*) as n, sum(h.handled) as handled
    from (
      select h.agent_id, h.dialog_id, sum(h.ended_at - h.began_at) as handled
      from handled h
      group by h.agent_id, h.dialog_id
    ) h
    group by h.agent_id
  )
  select m.agent_id, u.name, coalesce(d.n, 0), coalesce(stats._ms(d.handled), 0) / 1000::double precision,
    coalesce(stats._ms(m.busy), 0) / 1000::double precision,
    stats._ms(d.handled)::double precision / nullif(stats._ms(m.busy), 0),
    m.peak, case when m.peak > 0 then p.at end,
    case when k.is_known then coalesce(stats._ms(m.available), 0) / 1000::double precision end,
    coalesce(stats._ms(m.busy_available), 0)::double precision / nullif(stats._ms(m.available), 0)
  from sums m
  join peaks p on p.agent_id = m.agent_id
  join chat.users u on u.account_id = v_account_id and u.id = m.agent_id
  left join dialogs d on d.agent_id = m.agent_id
  cross join lateral (select exists (select from presences p where p.agent_id = m.agent_id) as is_known) k
  where d.agent_id is not null or team_ids is null and inbox_ids is null
  order by m.agent_id;
end $$;

comment on function api.concurrency(timestamptz, timestamptz, bigint[], bigint[], bigint[]) is
  'How many dialogs agents handled at once in [since, until), as of the last commit: a row for everyone who handled one or, unless '
  'teams or inboxes are asked for, was available. since and until are on a full quarter of an hour; of what is to come nothing is counted. '
  '0 among team_ids: dialogs without a team.';
