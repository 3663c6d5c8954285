create or replace function chat._lock_ticket_numbers(account_id bigint) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  -- What others have opened while this waited must be seen afterwards.
  perform chat._require_read_committed('a ticket is opened');
  insert into chat.ticket_numbers as n (account_id, last_number) values (_lock_ticket_numbers.account_id, 0) on conflict do nothing;
  perform from chat.ticket_numbers n where n.account_id = _lock_ticket_numbers.account_id for no key update;
end $$;

comment on function chat._lock_ticket_numbers(bigint) is
  'Tickets of an account are opened one at a time, so that none is opened twice. Errors: PA040, 23503 for an unknown account.';
