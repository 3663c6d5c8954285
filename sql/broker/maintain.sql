create or replace function broker.maintain() returns table (partitions_added integer, partitions_dropped integer, dedupe_ids_forgotten bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  partitions_added := broker.add_event_partitions();
  dedupe_ids_forgotten := broker.forget_dedupe_ids();
  perform broker.compact_deliveries();
  -- Last, since the lock it needs is held until the end.
  partitions_dropped := broker.drop_expired_events();
  return next;
end $$;

comment on function broker.maintain() is
  'Everything the broker needs done once a minute: partitions ahead, retention, dedupe ids, totals. The worker''s crontab calls it.';
