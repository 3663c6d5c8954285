create or replace function broker.forget_dedupe_ids() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  delete from broker.dedupe_ids d
  where d.put_at < broker.now() - (select s.dedupe_retention from broker.settings s);
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function broker.forget_dedupe_ids() is 'Forgets dedupe_ids older than settings.dedupe_retention; returns how many.';
