import type pg from "pg";

/** Makes `plain_events`: the table of events with the same columns, indexes and partitions, but no trigger. */
export async function createPlainEvents(pool: pg.Pool): Promise<void> {
  await pool.query(`
    create sequence plain_event_id_seq as bigint;
    create table plain_events (like broker.events including all) partition by range (id);
    alter table plain_events alter id set default nextval('plain_event_id_seq');
    create table plain_events_default partition of plain_events default;
    do $$
    declare
      v_partition record;
    begin
      for v_partition in select * from broker._event_partitions() loop
        execute format('create table plain_events_%s partition of plain_events for values from (%s) to (%s)
          with (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 500000)',
          v_partition.from_id, v_partition.from_id, v_partition.to_id);
      end loop;
    end $$;
  `);
}
