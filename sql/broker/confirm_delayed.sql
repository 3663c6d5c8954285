create or replace function broker.confirm_delayed(queue_id integer, ids bigint[]) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
begin
  with done as (
    delete from broker.delayed_messages d
    where d.queue_id = confirm_delayed.queue_id and d.id = any (confirm_delayed.ids)
    returning d.key
  )
  select array_agg(distinct d.key) filter (where d.key is not null) into v_keys from done d;
  perform broker._let_go_behind(confirm_delayed.queue_id, v_keys);
end $$;

comment on function broker.confirm_delayed(integer, bigint[]) is
  'Removes messages that a retry handled, and lets go those that waited behind them.';
