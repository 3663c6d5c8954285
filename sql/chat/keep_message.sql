create or replace function chat.keep_message() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  new.additional_attributes := coalesce(new.additional_attributes, '{}')
    || jsonb_build_object('user_id_assigned', old.additional_attributes -> 'user_id_assigned');
  if new.updated_at is not distinct from old.updated_at then
    new.updated_at := greatest(broker.clock(), old.updated_at);
  end if;
  return new;
end $$;

comment on function chat.keep_message() is 'Keeps user_id_assigned and updated_at when a message is changed.';
