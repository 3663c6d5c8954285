create or replace function stats.compute(dialog_ids bigint[]) returns stats.facts
language sql stable
set search_path = pg_catalog, pg_temp
return stats._compute(array(select row(d.id, '-infinity')::stats.stale_dialog from unnest(dialog_ids) d (id)));

comment on function stats.compute(bigint[]) is
  'The facts of dialogs, from all their rows of schema chat. stale are the ids that were asked for, those of dialogs that are gone included.';
