create or replace function outbound.forget_mailed(delivery_id text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from outbound.mailed m
  where m.delivery_id = forget_mailed.delivery_id
    -- Deliveries that were given up are not asked for again, but for being redriven.
    or m.mailed_at < broker.now() - interval '90 days'
$$;

comment on function outbound.forget_mailed(text) is
  'Forgets who has the mail of a delivery that everybody has by now: delivered again on purpose, it goes to all. And what is 90 days old.';
