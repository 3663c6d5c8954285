-- Security definer, past the policies: with them, conditions on enums could not be looked up in an index. So it asks whose the reading is.
create or replace function stats._sums(reading stats.reading) returns setof stats.sums
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set work_mem = '64MB'
as $$
declare
  v_dim constant api.dimension := coalesce(reading.dim, reading.grouped_by);
  v_changes stats.changes;
  v_empty stats.sums;
begin
  if reading.account_id is distinct from stats.current_account() then
    return;
  end if;
  if reading.dim is not null then
    -- Looked up piece by piece, so that rows are passed on as they are stored: joined to the pieces they would be taken apart.
    for piece in 1 .. cardinality(reading.piece_grains) loop
      return query
      select s.* from stats.sums s
      where s.account_id = reading.account_id and s.grain = reading.piece_grains[piece] and s.dim = reading.dim
        and s.starts_at >= reading.piece_starts[piece] and s.starts_at < reading.piece_ends[piece]
        and (reading.ids is null or s.dim_id = any (reading.ids));
    end loop;
  else
    return query
    select s.* from stats._sums_of(reading.account_id, reading.opens, reading.closes, null, '{slot}', array[v_dim],
      reading.agent_ids, reading.team_ids, reading.inbox_ids) s;
  end if;

  for v_changes in select c.* from stats.pending_changes(reading.account_id) c loop
    return query
    select s.* from stats._sums_of(reading.account_id, reading.opens, reading.closes, v_changes, '{slot}', array[v_dim],
      reading.agent_ids, reading.team_ids, reading.inbox_ids) s;
  end loop;

  if reading.grouped_by = 'account' then
    v_empty.dim_id := 0;
    v_empty.n := 0;
    foreach v_empty.starts_at in array reading.starts loop
      return next v_empty;
    end loop;
  end if;
end $$;

comment on function stats._sums(stats.reading) is
  'Sums that are to be added up by period and dim_id: of finished days, of the quarters around them, and of what has changed since. Exact by the '
  'commit. Of the account each period has a row, with or without sums.';
