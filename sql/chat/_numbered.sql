create or replace function chat._numbered(parts jsonb, owner jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_agg(p.part || owner || jsonb_build_object('position', p.position)), '[]')
  from jsonb_array_elements(
    case jsonb_typeof(parts) when 'array' then parts when 'object' then jsonb_build_array(parts) end
  ) with ordinality as p (part, position)
$$;

comment on function chat._numbered(jsonb, jsonb) is
  'A list in a document, or its one part, as rows: each with its position and the key of its owner. Null gives no row.';
