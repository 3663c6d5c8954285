-- Row by row, since its condition spares all other messages; an answer that is not the first costs one look.
create or replace function chat.log_first_response() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  -- Asked here as well: to hand over a row costs more than to look.
  if not exists (
    select from chat.events e
    where e.conversation_id = new.conversation_id and e.name = 'first_response' and e.created_at <= new.created_at
  ) then
    perform chat._log_first_response(new);
  end if;
  return null;
end $$;

comment on function chat.log_first_response() is 'Logs first_response for the first public answer of an agent in a conversation.';
