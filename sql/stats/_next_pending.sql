-- Stable: notes and what they are about are read in one snapshot. Were the facts read later, they would hold what was said since, and the
-- note of that, still to come, would not be of something later than all before: the dialog would not go on, but be computed whole.
create or replace function stats._next_pending(
  max_dialogs integer, submitted stats.submitted[], out ids bigint[], out dialogs integer, out facts stats.facts, out is_full boolean
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  -- Most dialogs have one or a few; an import leaves one for each message.
  v_most_notes constant bigint := max_dialogs * 50::bigint;
  v_stale stats.stale_dialog[];
begin
  -- No joins: planned while there is nothing to do, they would be nested, and take minutes once there is much.
  with noted as materialized (
    select n.id, n.dialog_id, n.since
    from (
      select r.id, r.dialog_id, r.since, dense_rank() over (order by r.first_id) as nr
      from (
        select f.id, f.dialog_id, f.since, min(f.id) over (partition by f.dialog_id) as first_id
        from (
          select s.id, s.dialog_id, s.since
          from stats.stale s
          where s.id >= (select h.id from stats.horizon h)
          order by s.id
          limit v_most_notes
        ) f
      ) r
    ) n
    where n.nr <= max_dialogs
  )
  select array(select n.id from noted n),
    array(
      select row(c.dialog_id, min(c.since))::stats.stale_dialog
      from (
        select n.dialog_id, n.since from noted n
        union all
        select d, '-infinity'
        from unnest(submitted) s cross join lateral stats._dialogs_submitted_for(s.account_id, s.chat_guid, s.chat_number) d
      ) c
      group by c.dialog_id
    )
  into ids, v_stale;
  dialogs := cardinality(v_stale);
  is_full := cardinality(ids) = v_most_notes;
  if dialogs > 0 then
    facts := stats._compute(stats._with_neighbours(v_stale));
  end if;
end $$;

comment on function stats._next_pending(integer, stats.submitted[]) is
  'The facts of the dialogs that have been stale for longest, at most so many, and of those that something was submitted for: how many these are '
  '(dialogs), the notes in stats.stale that were looked at (ids), and whether these are as many as are looked at once (is_full).';
