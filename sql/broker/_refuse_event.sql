create or replace function broker._refuse_event(name text) returns integer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'PA001',
    message = format('unknown event "%s"', left(coalesce(_refuse_event.name, ''), 200)),
    hint = 'Use a name of broker.t_chatserver_event, or add a row there.';
end $$;

comment on function broker._refuse_event(text) is 'Raises PA001.';
