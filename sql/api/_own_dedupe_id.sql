create or replace function api._own_dedupe_id(dedupe_id text) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(stats.current_account() || ':' || dedupe_id, dedupe_id);
end $$;

comment on function api._own_dedupe_id(text) is
  'The dedupe_id among those of the session''s account: those of other accounts are neither met nor learned.';
