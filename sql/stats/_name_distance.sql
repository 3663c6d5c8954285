create or replace function stats._name_distance(a text, b text) returns double precision
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select 1 - count(*) filter (where pairs.of_a and pairs.of_b)::double precision / nullif(count(*), 0)
  from (
    select bool_or(parts.is_a) as of_a, bool_or(not parts.is_a) as of_b
    from (values (true, lower(a)), (false, lower(b))) parts (is_a, name), generate_series(1, length(parts.name) - 1) i
    group by substr(parts.name, i, 2)
  ) pairs
$$;

comment on function stats._name_distance(text, text) is
  'From 0 to 1: the share of pairs of neighbouring letters that the names do not have in common. Null: too short to tell.';
