create or replace function broker.resume_queue(queue text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_queue broker.queues := broker._queue(resume_queue.queue);
begin
  update broker.queues q set enabled = true where q.id = v_queue.id and not q.enabled;
  if not found then
    return false;
  end if;
  perform pg_notify('parley_wake', v_queue.name);
  return true;
end $$;

comment on function broker.resume_queue(text) is 'Resumes deliveries of a paused queue; false when it was not paused. Error: PA002.';
