--! Previous: sha1:32b4a1dd9189a3012d9e8b120c7842d89059d879
--! Hash: sha1:221ab384e204d66a14144ec7ce0edde0f9730fde
--! Message: stale since

-- Since when a dialog has changed, if nothing changed but that more was said (decision 17). A migration of its own: the lock on stats.stale
-- would keep those who write from it until the next one has ended.

create type stats.stale_dialog as (dialog_id bigint, since timestamptz);
comment on type stats.stale_dialog is
  'A dialog that has changed; if nothing changed but that more was said, since when, otherwise -infinity.';

alter table stats.stale add column since timestamptz not null default '-infinity';
comment on column stats.stale.since is 'If more was said, and nothing else: the first moment of it.';
