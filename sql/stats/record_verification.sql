create or replace function stats.record_verification() returns stats.verifications
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_began_at constant timestamptz := clock_timestamp();
  v_verification stats.verifications;
begin
  select count(*), (array_agg(to_jsonb(d)))[1] into v_verification.differences, v_verification.example from stats.verify() d;
  insert into stats.verifications (took, dialogs, differences, example)
  select clock_timestamp() - v_began_at, count(*), v_verification.differences, v_verification.example
  from stats.dialogs
  returning * into v_verification;
  delete from stats.verifications v where v.verified_at < broker.now() - interval '90 days';
  return v_verification;
end $$;

comment on function stats.record_verification() is 'Runs stats.verify() and stores what it found, for 90 days, in stats.verifications.';
