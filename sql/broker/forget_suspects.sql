create or replace function broker.forget_suspects() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  delete from broker.suspect_messages s
  where not exists (
    select
    from broker.lanes l
    join broker.messages m on m.queue_id = l.queue_id and m.lane = l.lane and m.id = s.id
    where l.queue_id = s.queue_id
  ) and not exists (
    select from broker.delayed_messages d where d.queue_id = s.queue_id and d.id = s.id
  );
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function broker.forget_suspects() is
  'Forgets suspects that are in no queue any more: their reader lost its connection before it could clear them. Returns how many.';
