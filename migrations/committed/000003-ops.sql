--! Previous: sha1:8064a7f3dd69a43b4365c1015a9908fd875fbd41
--! Hash: sha1:ca4aef9313e303232c996d63ec9650eb00ac120e
--! Message: ops

-- Operations: no tables of its own, only what its commands and probes may read.

--! Included ops/index.sql
-- Operations: what the command line, the probes and the doctor need beyond the areas' own grants.

--! Included ops/grants.sql
-- `./parley doctor` and /readyz compare the schema with the program.
grant usage on schema graphile_migrate to parley_operator, parley_worker;
grant select on graphile_migrate.migrations to parley_operator, parley_worker;

-- `./parley events` shows and filters by the key that the broker derives.
grant execute on function broker.conversation_group(jsonb) to parley_operator;

-- `./parley put --run-at 15m` counts from the broker's clock.
grant execute on function broker.now() to parley_producer;
--! EndIncluded ops/grants.sql
--! EndIncluded ops/index.sql
