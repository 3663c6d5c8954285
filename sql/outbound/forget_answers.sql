create or replace function outbound.forget_answers(most integer default 10000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_count integer;
begin
  update outbound.attempts a
  set answer = null
  where a.ctid = any (array(
    select o.ctid
    from outbound.attempts o
    where o.answer is not null and o.started_at < broker.now() - (select s.answers_kept from outbound.settings s)
    order by o.started_at
    limit forget_answers.most
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function outbound.forget_answers(integer) is
  'Takes answers older than settings.answers_kept out of the log of attempts, at most so many, and returns how many; called until none is left.';
