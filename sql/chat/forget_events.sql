create or replace function chat.forget_events() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'TRUNCATE' then
    truncate chat.events;
  else
    delete from chat.events e
    where e.conversation_id in (select o.id from old_conversations o);
  end if;
  return null;
end $$;

comment on function chat.forget_events() is 'Deletes the events of deleted conversations, as foreign keys do with the rest of them.';
