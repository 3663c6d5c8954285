-- No set search_path: it would stop the planner from inlining this into the fan-out, where every operation counts.
create or replace function broker.conversation_group(data jsonb) returns text
language sql immutable parallel safe
return left(
  coalesce(
    nullif(data ->> 'ChatGuid', ''),
    nullif(nullif(data ->> 'ChatId', '0'), ''),
    nullif(data ->> 'SessionId', '0'),
    'site:' || nullif(data ->> 'SiteId', '0')
  ),
  128
);

comment on function broker.conversation_group(jsonb) is
  'Key of an event put without one: its chat, else its site, else null (no order kept). 0 and "" are .NET''s unset values.';
