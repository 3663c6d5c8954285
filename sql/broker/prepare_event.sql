create or replace function broker.prepare_event() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- It would be kept for ever, and nobody has waited for it.
  if not isfinite(new.run_at) or new.run_at > broker.now() + interval '100 years' then
    raise exception using
      errcode = 'PA043',
      message = format('an event cannot wait until %s', new.run_at),
      hint = 'Give a run_at within the next 100 years, or none.';
  end if;
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
