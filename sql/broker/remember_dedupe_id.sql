create or replace function broker.remember_dedupe_id() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into broker.dedupe_ids (dedupe_id, event_id) values (new.dedupe_id, new.id)
  on conflict (dedupe_id) do nothing;
  if not found then
    return null;
  end if;
  return new;
end $$;

comment on function broker.remember_dedupe_id() is
  'Skips an event whose dedupe_id was put before; waits for a concurrent put of the same dedupe_id, and for no other.';
