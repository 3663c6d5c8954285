-- Security definer: producers see no dedupe ids.
create or replace function api.put_events(events api.event[]) returns bigint[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  c_most constant integer := 1000;
  -- Of those that have no dedupe_id, in their order.
  v_new bigint[];
begin
  if cardinality(events) > c_most then
    raise exception using
      errcode = 'PA042',
      message = format('%s events at once; at most %s are taken', cardinality(events), c_most),
      hint = 'Put them in several calls.';
  end if;
  if exists (select from unnest(events) e where e.name is null or e.data is null) then
    raise exception using errcode = 'PA004', message = 'put_events: name and data must not be null';
  end if;

  with put as (
    insert into broker.events (name, data, key, dedupe_id, run_at)
    select e.name, api._own_document(e.data), e.key, api._own_dedupe_id(e.dedupe_id), e.run_at
    from unnest(events) with ordinality e (name, data, key, dedupe_id, run_at, nr)
    order by e.nr
    returning id, dedupe_id
  )
  select array_agg(p.id order by p.id) filter (where p.dedupe_id is null) into v_new from put p;

  return array(
    select case
      when e.dedupe_id is null then v_new[count(*) filter (where e.dedupe_id is null) over (order by e.nr)]
      else (select d.event_id from broker.dedupe_ids d where d.dedupe_id = api._own_dedupe_id(e.dedupe_id))
    end
    from unnest(events) with ordinality e (name, data, key, dedupe_id, run_at, nr)
    order by e.nr
  );
end $$;

comment on function api.put_events(api.event[]) is
  E'@resultFieldName eventIds\n'
  'Puts events, at most 1,000, all or none, and gives their ids in the same order. Each as putEvent does. Errors: PA001, PA020, PA030, PA042, PA043.';
