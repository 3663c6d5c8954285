create or replace function api.presences(since timestamptz, until timestamptz, agent_ids bigint[] default null)
returns setof api.presence_row
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account_id constant bigint := stats.current_account();
begin
  perform stats.check_window(since, until);
  return query
  select p.agent_id, u.name, p.status, p.is_available, p.began_at, p.ended_at
  from stats.presences(v_account_id, since, until, agent_ids) p
  join chat.users u on u.account_id = v_account_id and u.id = p.agent_id
  order by p.agent_id, p.began_at;
end $$;

comment on function api.presences(timestamptz, timestamptz, bigint[]) is
  'How agents were present in [since, until), from one change of their status to the next. since and until are on a full quarter of an hour.';
