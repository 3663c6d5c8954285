create or replace function stats.finish_days() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account record;
  v_accounts integer := 0;
begin
  perform stats._lock_sums();
  insert into stats.settings (account_id)
  select a.id from chat.accounts a
  where not exists (select from stats.settings s where s.account_id = a.id);

  for v_account in
    select s.account_id, s.time_zone, s.days_until, stats._day(broker.now(), s.time_zone) as today
    from stats.settings s
    where coalesce(s.days_until, '-infinity') < stats._day(broker.now(), s.time_zone)
    order by s.account_id
  loop
    update stats.settings s set days_until = v_account.today where s.account_id = v_account.account_id;
    perform stats._sum(
      v_account.account_id, stats._first_slot(coalesce(v_account.days_until, '-infinity'), v_account.time_zone),
      stats._first_slot(v_account.today, v_account.time_zone), '{day}'
    );
    perform stats._mark_days(
      v_account.account_id, stats._first_slot(coalesce(v_account.days_until, '-infinity'), v_account.time_zone), 'infinity'
    );
    v_accounts := v_accounts + 1;
  end loop;
  return v_accounts;
end $$;

comment on function stats.finish_days() is
  'Sums the days that have ended since the last call, and notes that what was handled on them is to be kept. Returns for how many accounts. '
  'Error: PA040.';
