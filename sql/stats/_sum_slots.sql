create or replace function stats._sum_slots(account_id bigint, since timestamptz, until timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
set enable_seqscan = off
set jit = off
as $$
begin
  delete from stats.slots s
  where s.account_id = _sum_slots.account_id and s.dim = any (enum_range(null::api.dimension)) and s.slot >= since and s.slot < until;
  -- In the order of the index, which is three times as fast.
  insert into stats.slots
  select s.* from stats._slots_of(account_id, since, until) s
  order by s.account_id, s.dim, s.slot, s.dim_id, s.metric;
end $$;

comment on function stats._sum_slots(bigint, timestamptz, timestamptz) is 'Sums quarter hours of an account anew, from the stored facts.';
