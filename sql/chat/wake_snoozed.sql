create or replace function chat.wake_snoozed() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_woken integer;
begin
  -- One that somebody is working on is left for the next time.
  update chat.conversations c
  set status = 0
  where c.id in (
    select s.id from chat.conversations s
    where s.status = 3 and s.snoozed_until <= broker.now()
    order by s.id
    for no key update skip locked
  );
  get diagnostics v_woken = row_count;
  return v_woken;
end $$;

comment on function chat.wake_snoozed() is
  'Opens the conversations whose snoozed_until has come and returns how many; a worker calls it every minute.';
