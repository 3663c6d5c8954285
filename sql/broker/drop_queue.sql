create or replace function broker.drop_queue(name text, force boolean default false) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
declare
  v_queue broker.queues := broker._queue(drop_queue.name);
  v_kept boolean;
begin
  -- Dropping a partition locks the parent. Wait briefly: puts queue up behind this.
  -- Routes first: whoever changes routes and then puts takes them in this order, too.
  lock table broker.routes in share row exclusive mode;
  lock table broker.messages in access exclusive mode;

  execute format('select exists (select from broker.%I)
    or exists (select from broker.delayed_messages where queue_id = $1)
    or exists (select from broker.error_messages where queue_id = $1)', v_queue.name)
  into v_kept using v_queue.id;
  if v_kept and not force then
    raise exception using
      errcode = 'PA006',
      message = format('queue "%s" still holds messages', v_queue.name),
      hint = 'Let its consumer drain it, redrive or discard its errors, or drop it with force => true to lose them.';
  end if;

  delete from broker.t_chatserver_queue r where r.name = v_queue.name;
  execute format('drop table broker.%I', v_queue.name);
  delete from broker.queues q where q.id = v_queue.id;
exception
  when lock_not_available then
    raise exception using
      errcode = 'PA005',
      message = format('queue "%s" cannot be dropped now: a transaction that put events or changed queues is still open', v_queue.name),
      hint = 'Try again when it has ended; see pg_stat_activity for old transactions.';
end $$;

comment on function broker.drop_queue(text, boolean) is
  'Removes a queue and its routes. Refuses one that holds messages or errors unless forced. Errors: PA002, PA005, PA006.';
