create or replace function stats.presences(account_id bigint, since timestamptz, until timestamptz, agent_ids bigint[] default null)
returns table (agent_id bigint, status integer, is_available boolean, began_at timestamptz, ended_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := account_id;
  v_available constant integer[] := (stats._settings(account_id)).available_statuses;
begin
  return query
  select u.id, p.status, p.status = any (v_available), p.changed_at, p.ended_at
  from chat.users u
  -- When the presence that the window begins with began, and the one that it ends with ended. In the order of the index alone,
  -- so that no plan sorts all that came before.
  cross join lateral (
    select
      (
        select s.changed_at from chat.agent_status_changes s
        where s.account_id = v_account_id and s.agent_id = u.id and s.changed_at <= since
        order by s.changed_at desc
        limit 1
      ) as first_at,
      (
        select s.changed_at from chat.agent_status_changes s
        where s.account_id = v_account_id and s.agent_id = u.id and s.changed_at >= until
        order by s.changed_at
        limit 1
      ) as last_at
  ) e
  cross join lateral (
    select s.status, s.changed_at, lead(s.changed_at) over (order by s.changed_at, s.event_id) as ended_at
    from chat.agent_status_changes s
    where s.account_id = v_account_id and s.agent_id = u.id
      and s.changed_at >= coalesce(e.first_at, since) and s.changed_at <= coalesce(e.last_at, until)
  ) p
  where u.account_id = v_account_id and (agent_ids is null or u.id = any (agent_ids))
    and p.changed_at < until and p.ended_at is distinct from p.changed_at;
end $$;

comment on function stats.presences(bigint, timestamptz, timestamptz, bigint[]) is
  'Agents'' presence that overlaps [since, until), from one change of status to the next; ended_at null: it lasts. Of changes at the '
  'same moment the last one counts.';
