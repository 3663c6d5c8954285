create or replace function broker._let_go_behind(queue_id integer, keys text[]) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update broker.delayed_messages d
  set run_at = '-infinity'
  from unnest(_let_go_behind.keys) as k (key)
  cross join lateral (
    select w.id
    from broker.delayed_messages w
    where w.queue_id = _let_go_behind.queue_id and w.key = k.key and w.kind = 'waiting'
      and not exists (
        select
        from broker.delayed_messages r
        where r.queue_id = _let_go_behind.queue_id and r.key = k.key and r.kind = 'retry' and r.id < w.id
      )
    order by w.id
    limit 100
  ) n
  where d.queue_id = _let_go_behind.queue_id and d.id = n.id and d.run_at = 'infinity';
$$;

comment on function broker._let_go_behind(integer, text[]) is
  'Makes the next messages of these keys due, a hundred at a time, unless a retry is still ahead of them.';
