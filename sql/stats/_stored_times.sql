-- Inlined, hence no set search_path: only stats._times calls it.
create or replace function stats._stored_times(reading stats.reading, metric api.metric, business boolean)
returns table (nr integer, id bigint, ms bigint)
language sql stable
as $$
  select width_bucket(t.starts_at, reading.starts), case when reading.grouped_by <> 'account' then t.dim_id else 0 end, t.ms
  from unnest(reading.piece_grains, reading.piece_starts, reading.piece_ends) p (grain, since, until)
  cross join lateral (
    select f.starts_at, f.dim_id, unnest(f.ms) as ms from stats.times f
    where reading.dim is not null and not _stored_times.business and p.grain = 'day' and f.account_id = reading.account_id and f.dim = reading.dim
      and f.metric = _stored_times.metric and f.starts_at >= p.since and f.starts_at < p.until
      and (reading.ids is null or f.dim_id = any (reading.ids))
    offset 0
  ) t
  union all
  select width_bucket(m.at, reading.starts), stats._id_of(reading.grouped_by, m.agent_id, m.team_id, m.inbox_id),
    case when _stored_times.business then m.business else m.total end
  from (
    select p.since, p.until
    from unnest(reading.piece_grains, reading.piece_starts, reading.piece_ends) p (grain, since, until)
    where reading.dim is not null and not _stored_times.business and p.grain = 'slot'
    union all
    select reading.opens, reading.closes where reading.dim is null or _stored_times.business
  ) p
  cross join lateral stats.measurements(reading.account_id, p.since, p.until, null, array[_stored_times.metric],
    reading.agent_ids, reading.team_ids, reading.inbox_ids) m
$$;

comment on function stats._stored_times(stats.reading, api.metric, boolean) is
  'The times of a metric, as far as they are summed: kept ones of finished days, measured ones for the rest of the window, for combined filters '
  'and within business hours.';
