create or replace function broker.retire_reader(queue_id integer) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_unlock_shared(1346458194, retire_reader.queue_id);
  update broker.activations a
  set armed = true, readers = 1
  where a.queue_id = retire_reader.queue_id and not a.armed
    and not exists (select broker._readers(retire_reader.queue_id));
end $$;

comment on function broker.retire_reader(integer) is
  'Ends this session''s reading. The last reader leaves the queue armed, and must look once more (broker.has_messages) afterwards.';
