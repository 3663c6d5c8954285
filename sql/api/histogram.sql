create or replace function api.histogram(
  metric api.metric,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null,
  business boolean default false
) returns setof api.histogram_row
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
  select case when b.bucket > 0 then 1.1::double precision ^ b.bucket / 1000 else 0 end, 1.1::double precision ^ (b.bucket + 1) / 1000, b.n
  from (
    select stats._bucket(t.ms) as bucket, count(*) as n
    from stats._reading('account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids) r
    cross join lateral stats._times(r, metric, business) t
    group by stats._bucket(t.ms)
  ) b
  order by b.bucket
$$;

comment on function api.histogram(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean) is
  'How long something took: how many times fell between which bounds. Windows and filters as in report. Errors: PA050 to PA056.';
