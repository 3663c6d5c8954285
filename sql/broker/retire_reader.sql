create or replace function broker.retire_reader(queue_id integer) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_unlock_shared(1346458194, retire_reader.queue_id);
  if exists (select broker._readers(retire_reader.queue_id)) then
    return false;
  end if;
  update broker.activations a set armed = true, readers = 1
  where a.queue_id = retire_reader.queue_id and not (a.armed and a.readers = 1);
  return true;
end $$;

comment on function broker.retire_reader(integer) is
  'Ends this session''s reading. True when it was the last reader: the queue is armed then, and the caller must look once more.';
