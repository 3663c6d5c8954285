create or replace function outbound._let_go_behind(destination_ids integer[], keys text[]) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_sort = off
as $$
  update outbound.deliveries d
  set due_at = '-infinity'
  where d.ctid = any (array(
    select n.ctid
    from (select distinct * from unnest(_let_go_behind.destination_ids, _let_go_behind.keys) as k (destination_id, key)) k
    cross join lateral (
      select w.ctid, w.due_at
      from outbound.deliveries w
      where w.destination_id = k.destination_id and w.key = k.key and w.state = 'behind'
        and w.id < coalesce(
          (
            select min(r.id)
            from outbound.deliveries r
            where r.destination_id = k.destination_id and r.key = k.key and r.state = 'retry'
          ),
          9223372036854775807
        )
      order by w.id
      limit 100
    ) n
    where n.due_at = 'infinity'
  ));
$$;

comment on function outbound._let_go_behind(integer[], text[]) is
  'Makes the next deliveries of these keys due, a hundred at a time, unless a retry is still ahead of them.';
