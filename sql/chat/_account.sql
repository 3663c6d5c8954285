create or replace function chat._account(site_id bigint) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from chat.accounts a where a.id = site_id) then
    insert into chat.accounts (id, name) values (site_id, format('Site %s', site_id)) on conflict do nothing;
  end if;
  return site_id;
end $$;

comment on function chat._account(bigint) is 'The account of a site, made when its first event is stored.';
