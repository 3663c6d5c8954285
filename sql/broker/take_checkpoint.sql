-- No set search_path: a procedure with one may not commit.
create or replace procedure broker.take_checkpoint(
  inout last_id bigint default null,
  inout snapshot text default null,
  inout server text default null
)
language plpgsql security invoker
as $$
begin
  -- 1. The last message id drawn so far ...
  select case when s.is_called then s.last_value else 0 end into last_id from broker.message_id_seq s;
  -- 2. ... then a transaction id, committed: without it, transactions above the highest completed one would not be listed ...
  perform pg_catalog.set_config('synchronous_commit', 'off', true);
  perform pg_catalog.pg_current_xact_id();
  commit;
  -- 3. ... then the snapshot: whoever drew an id up to last_id is below its xmax, finished or listed as in progress.
  snapshot := pg_catalog.pg_current_snapshot()::text;
  server := pg_catalog.pg_postmaster_start_time()::text;
end $$;

comment on procedure broker.take_checkpoint(bigint, text, text) is
  'A point of the message id sequence and the transactions that may still commit ids below it. Readers compare two of them to '
  'find messages that were committed late (src/broker/late-commits.ts). server: another one after a restart or failover, when '
  'sequence and transaction ids may have gone back.';
