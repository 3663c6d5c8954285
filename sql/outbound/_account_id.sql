-- No set search_path: it would stop the planner from inlining this into conditions on the log.
create or replace function outbound._account_id(data jsonb) returns bigint
language sql immutable parallel safe
return case
  when (coalesce(data ->> 'SiteId', data ->> 'siteId')) ~ '^[0-9]{1,10}$' then (coalesce(data ->> 'SiteId', data ->> 'siteId'))::bigint
end;

comment on function outbound._account_id(jsonb) is 'The account whose event this is: its site. Null: it names none.';
