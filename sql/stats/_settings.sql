create or replace function stats._settings(account_id bigint) returns stats.settings
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.* from stats.settings s where s.account_id = _settings.account_id
  union all
  select _settings.account_id, 'UTC', '7 days', '10 seconds', 4, '{1}', null
  limit 1
$$;

comment on function stats._settings(bigint) is 'How an account counts: its row in stats.settings, or the defaults.';
