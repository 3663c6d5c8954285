create or replace function chat._ticket_named(account_id bigint, name text, means text) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_id bigint;
begin
  if means in ('external', 'either') then
    select t.id into v_id from chat.tickets t where t.account_id = _ticket_named.account_id and t.external_id = name;
  end if;
  if v_id is null and means in ('number', 'either') and name ~ '^[1-9][0-9]{0,8}$' then
    select t.id into v_id from chat.tickets t where t.account_id = _ticket_named.account_id and t.number = name::integer;
  end if;
  return v_id;
end $$;

comment on function chat._ticket_named(bigint, text, text) is
  'The ticket that an event names: by its external_id (means: external), its number, or either, external_id first; null: none. '
  'Volatile: sees what was committed meanwhile.';
