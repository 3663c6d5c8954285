-- Operations: what the command line, the probes and the doctor need beyond the areas' own grants.

--! include ops/grants.sql
