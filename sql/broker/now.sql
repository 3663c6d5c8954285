create or replace function broker.now() returns timestamptz
language sql stable parallel safe
return broker.clock();

comment on function broker.now() is 'The time of broker.clock(), read once a query: for conditions that an index should serve.';
