-- `./parley doctor` and /readyz compare the schema with the program.
grant usage on schema graphile_migrate to parley_operator, parley_worker;
grant select on graphile_migrate.migrations to parley_operator, parley_worker;

-- `./parley events` shows and filters by the key that the broker derives.
grant execute on function broker.conversation_group(jsonb) to parley_operator;

-- `./parley put --run-at 15m` counts from the broker's clock.
grant execute on function broker.clock(), broker.now() to parley_producer;
