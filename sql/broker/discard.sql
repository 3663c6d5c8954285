create or replace function broker.discard(
  ids bigint[] default null,
  queue text default null,
  error_code text default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  delete from broker.error_messages e
  where e.id in (select broker._select_errors(discard.ids, discard.queue, discard.error_code));
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function broker.discard(bigint[], text, text) is
  'Deletes error messages for good and returns how many. All filters given must match; at least one is needed. Errors: PA002, PA004, PA007.';
