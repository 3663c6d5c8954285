create or replace function chat.touch() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.updated_at is not distinct from old.updated_at then
    new.updated_at := broker.clock();
  end if;
  return new;
end $$;

comment on function chat.touch() is 'Keeps updated_at for clients that do not.';
