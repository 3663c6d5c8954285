create or replace function stats._whole(facts stats.facts) returns stats.facts
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  facts.turns := facts.turns || array(
    select t from stats.turns t
    where t.dialog_id = any (facts.goes_on) and (t.dialog_id, t.n) not in (select c.dialog_id, c.n from unnest(facts.turns) c)
  );
  facts.ownerships := facts.ownerships || array(
    select o from stats.ownerships o
    where o.dialog_id = any (facts.goes_on) and (o.dialog_id, o.n) not in (select c.dialog_id, c.n from unnest(facts.ownerships) c)
  );
  facts.message_counts := array(
    select row(m.dialog_id, m.slot, m.metric, m.agent_id, m.account_id, m.inbox_id, m.team_id, sum(m.n))::stats.message_counts
    from (
      select * from unnest(facts.message_counts)
      union all
      select * from stats.message_counts c where c.dialog_id = any (facts.goes_on)
    ) m
    group by m.dialog_id, m.slot, m.metric, m.agent_id, m.account_id, m.inbox_id, m.team_id
  );
  facts.goes_on := '{}';
  return facts;
end $$;

comment on function stats._whole(stats.facts) is 'These facts, with the stored ones of dialogs that go on: those that stay as they are, and what more was said is added to.';
