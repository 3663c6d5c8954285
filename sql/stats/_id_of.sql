-- No set search_path, so that it is inlined.
create or replace function stats._id_of(by api.dimension, agent_id bigint, team_id bigint, inbox_id bigint) returns bigint
language sql immutable parallel safe
return case by when 'agent' then agent_id when 'team' then team_id when 'inbox' then inbox_id else 0 end;

comment on function stats._id_of(api.dimension, bigint, bigint, bigint) is 'Whose row of a report something belongs to: 0, by account.';
