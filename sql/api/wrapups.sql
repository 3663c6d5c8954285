create or replace function api.wrapups(
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.wrapup_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_reading record;
begin
  select r.* into v_reading from stats._reading('account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;

  return query
  select d.wrapup_category_id, count(*), count(*) / sum(count(*)) over ()::double precision
  from api.dialogs d
  where d.wrapped_up_at >= v_reading.opens and d.wrapped_up_at < v_reading.closes
    and stats._is_asked_for(d.wrapup_agent_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids)
  group by d.wrapup_category_id
  order by count(*) desc, d.wrapup_category_id;
end $$;

comment on function api.wrapups(timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'How many dialogs were wrapped up under which category, the most frequent first. Windows and filters as in report. Errors: '
  'PA050 to PA053.';
