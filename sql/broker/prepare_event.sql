create or replace function broker.prepare_event() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.dedupe_id is not null then
    insert into broker.dedupe_ids (dedupe_id, event_id) values (new.dedupe_id, new.id)
    on conflict (dedupe_id) do nothing;
    if not found then
      return null;
    end if;
  end if;
  if new.run_at <= broker.now() then
    new.run_at := null;
  end if;
  if new.run_at is not null then
    perform broker._schedule(new);
  end if;
  return new;
end $$;

comment on function broker.prepare_event() is
  'What only some events need. One whose dedupe_id was put before is skipped; that waits for a concurrent put of the same '
  'dedupe_id, and for no other. One with a time ahead is put aside; a time that has come is none.';
