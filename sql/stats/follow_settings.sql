create or replace function stats.follow_settings() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_was constant stats.settings := case when tg_op = 'UPDATE' then old else stats._settings(new.account_id) end;
begin
  if new.time_zone <> v_was.time_zone then
    delete from stats.sums s where s.account_id = new.account_id and s.grain = 'day';
    delete from stats.times t where t.account_id = new.account_id;
    delete from stats.handled h where h.account_id = new.account_id;
    delete from stats.stale_days d where d.account_id = new.account_id;
    new.days_until := null;
  end if;
  if (new.reopen_within, new.short_abandon, new.satisfied_from) is distinct from
    (v_was.reopen_within, v_was.short_abandon, v_was.satisfied_from)
  then
    insert into stats.rebuilds (account_id) values (new.account_id);
  end if;
  return new;
end $$;

comment on function stats.follow_settings() is
  'Drops the days that were summed and kept for another time zone, and has dialogs computed anew if they are to be counted otherwise.';
