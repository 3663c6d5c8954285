create or replace function outbound.shown_headers(headers jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when jsonb_typeof(shown_headers.headers) = 'object' then (
      select coalesce(
        jsonb_object_agg(
          h.key,
          case when h.key !~* 'auth|token|secret|key|pass|pwd|cred|cookie|session|sign|jwt|bearer' then h.value end
        ),
        '{}'
      )
      from jsonb_each(shown_headers.headers) h
    )
  end;
$$;

comment on function outbound.shown_headers(jsonb) is
  'Extra headers as they may be shown: null for the value of one whose name tells that it lets its bearer in. Better it is among the secrets.';
