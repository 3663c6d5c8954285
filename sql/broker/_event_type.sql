create or replace function broker._event_type(name text) returns broker.t_chatserver_event
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event broker.t_chatserver_event;
begin
  select * into v_event from broker.t_chatserver_event e where e.name = _event_type.name;
  if not found then
    perform broker._refuse_event(_event_type.name);
  end if;
  return v_event;
end $$;

comment on function broker._event_type(text) is 'The routing row of that event name; PA001 when there is none.';
