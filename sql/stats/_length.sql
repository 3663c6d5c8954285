create or replace function stats._length(spans tstzmultirange) returns interval
language sql immutable parallel safe strict
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(sum(upper(s.span) - lower(s.span)), interval '0') from unnest(spans) s (span)
$$;

comment on function stats._length(tstzmultirange) is 'How long these spans are together; null: there are none of whom is asked about.';
