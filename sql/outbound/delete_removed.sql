create or replace function outbound.delete_removed(most integer default 10000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_id integer;
  v_count integer;
begin
  select d.id into v_id from outbound.destinations d where d.removed_at is not null order by d.id limit 1 for update skip locked;
  if not found then
    return 0;
  end if;
  delete from outbound.deliveries d
  where d.ctid = any (array(
    select w.ctid from outbound.deliveries w where w.destination_id = v_id order by w.destination_id, w.id limit delete_removed.most
  ));
  get diagnostics v_count = row_count;
  if v_count > 0 then
    return v_count;
  end if;
  delete from outbound.attempts a
  where a.ctid = any (array(
    select l.ctid from outbound.attempts l where l.destination_id = v_id order by l.destination_id, l.id limit delete_removed.most
  ));
  get diagnostics v_count = row_count;
  if v_count > 0 then
    return v_count;
  end if;
  delete from outbound.ticket_references r
  where r.ctid = any (array(
    select t.ctid from outbound.ticket_references t where t.destination_id = v_id order by t.destination_id, t.name limit delete_removed.most
  ));
  get diagnostics v_count = row_count;
  if v_count > 0 then
    return v_count;
  end if;
  delete from outbound.destinations d where d.id = v_id;
  return 1;
end $$;

comment on function outbound.delete_removed(integer) is
  'Deletes what a removed destination leaves behind, at most so many rows, at last itself, and returns how many; called until none is left.';
