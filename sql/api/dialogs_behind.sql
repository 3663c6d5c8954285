create or replace function api.dialogs_behind(
  metric api.metric,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.dialogs
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_metric constant api.metric := metric;
  v_reading stats.reading;
  v_dialog_ids bigint[];
begin
  select r.* into v_reading from stats._reading('account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  v_dialog_ids := array(
    select m.dialog_id
    from (
      select null::stats.changes as changes
      union all
      select p from stats.pending_changes(v_reading.account_id) p
    ) c
    cross join lateral stats.measurements(v_reading.account_id, v_reading.opens, v_reading.closes, c.changes, array[v_metric],
      agent_ids, team_ids, inbox_ids) m
    group by m.dialog_id
    having sum(m.n) > 0
  );
  return query select d.* from api.dialogs d where d.id = any (v_dialog_ids) order by d.started_at, d.id;
end $$;

comment on function api.dialogs_behind(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'The dialogs that report counts under a metric, each once, in the order in which they started, with the same window and filters. Errors: PA050 to PA053.';
