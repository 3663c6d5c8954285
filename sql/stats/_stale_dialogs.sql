create or replace function stats._stale_dialogs(account_id bigint) returns bigint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return array(
    select s.dialog_id from stats.stale s
    where s.account_id = _stale_dialogs.account_id and s.id >= (select h.id from stats.horizon h)
    union
    select d
    from stats.submitted s
    cross join lateral stats._dialogs_submitted_for(s.account_id, s.chat_guid, s.chat_number) d
    where s.account_id = _stale_dialogs.account_id
  );
end $$;

comment on function stats._stale_dialogs(bigint) is 'Dialogs of an account that have changed and are not summed yet.';
