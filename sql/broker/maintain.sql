-- No set search_path: a procedure with one may not commit.
create or replace procedure broker.maintain()
language plpgsql security invoker
as $$
begin
  -- Each in a transaction of its own: some take locks that a put or a reader would wait for, if only for a moment.
  perform broker.add_event_partitions();
  commit;
  perform broker.forget_dedupe_ids();
  commit;
  perform broker.forget_suspects();
  commit;
  perform broker.compact_deliveries();
  commit;
  perform broker.drop_expired_events();
end $$;

comment on procedure broker.maintain() is
  'Everything the broker needs done once a minute: partitions ahead, retention, dedupe ids, totals. The worker''s crontab calls it; '
  'not inside a transaction.';
