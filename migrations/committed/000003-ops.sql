--! Previous: sha1:f7a7f7cecf821913c701b0a54da48cfe8243c9b2
--! Hash: sha1:5423241f07d538a6870c07c0f6a52b69ca2cc396
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
