-- Inlined, hence no set search_path.
create or replace function stats._names(by api.dimension) returns table (id bigint, name text)
language sql stable
begin atomic
  select u.id, u.name from chat.users u where by = 'agent' and u.account_id = (select stats.current_account())
  union all
  select t.id, t.name from chat.teams t where by = 'team' and t.account_id = (select stats.current_account())
  union all
  select i.id, i.name from chat.inboxes i where by = 'inbox' and i.account_id = (select stats.current_account());
end;

comment on function stats._names(api.dimension) is 'Names of the account''s agents, teams or inboxes, of deleted ones as well.';
