-- No set search_path, so that it is inlined. No `values`: its expressions would be prepared anew for each row.
create or replace function stats._dimensions(agent_id bigint, team_id bigint, inbox_id bigint)
returns table (dim api.dimension, dim_id bigint)
language sql immutable parallel safe
as $$
  select 'account'::api.dimension, 0::bigint
  union all select 'agent', agent_id
  union all select 'team', team_id
  union all select 'inbox', inbox_id
$$;

comment on function stats._dimensions(bigint, bigint, bigint) is 'The sums that a measurement counts in.';
