create or replace function stats._stale_dialogs(account_id bigint) returns stats.stale_dialog[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  -- Mostly there are none, and every reader asks.
  if not exists (
      select from stats.stale s where s.account_id = _stale_dialogs.account_id and s.id >= (select h.id from stats.horizon h)
    ) and not exists (select from stats.submitted s where s.account_id = _stale_dialogs.account_id) then
    return '{}';
  end if;
  return array(
    select row(n.dialog_id, min(n.since))::stats.stale_dialog
    from (
      select s.dialog_id, s.since from stats.stale s
      where s.account_id = _stale_dialogs.account_id and s.id >= (select h.id from stats.horizon h)
      union all
      select d, '-infinity'
      from stats.submitted s
      cross join lateral stats._dialogs_submitted_for(s.account_id, s.chat_guid, s.chat_number) d
      where s.account_id = _stale_dialogs.account_id
    ) n
    group by n.dialog_id
  );
end $$;

comment on function stats._stale_dialogs(bigint) is 'Dialogs of an account that have changed and are not summed yet.';
