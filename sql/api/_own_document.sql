create or replace function api._own_document(data jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_own constant bigint := stats.current_account();
  -- Consumers take siteId for SiteId, and 0 and "" for none.
  v_spellings constant text[] :=
    case when jsonb_typeof(data) = 'object' then array(select m from jsonb_object_keys(data) m where lower(m) = 'siteid') end;
  v_other text;
begin
  if v_own is null or data is null then
    return data;
  end if;
  if v_spellings is null then
    raise exception using errcode = 'PA020', message = 'the document of an event must be a JSON object';
  end if;
  select data ->> m into v_other from unnest(v_spellings) m where data ->> m not in (v_own::text, '0', '') limit 1;
  if found then
    perform api._refuse_account(v_other);
  end if;
  return data - v_spellings || jsonb_build_object('SiteId', v_own);
end $$;

comment on function api._own_document(jsonb) is
  'The document of an event with the session''s account as its SiteId; of a session without account, as it is. '
  'Errors: PA020, PA030 for the SiteId of another account.';
