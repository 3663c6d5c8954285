create or replace function chat._ticket_of_source(account_id bigint, source_id text) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return (
    select m.ticket_id from chat.ticket_messages m
    where m.account_id = _ticket_of_source.account_id and m.source_id = _ticket_of_source.source_id
  );
end $$;

comment on function chat._ticket_of_source(bigint, text) is 'The ticket that has the message of that source; null: none. Volatile: sees what was committed meanwhile.';
