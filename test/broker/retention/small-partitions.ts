import type { Client } from "pg";
import { column, type Db, type TestQueue } from "../test-queue.ts";

/** An empty log in partitions of ten events, the first three of them ready. */
export async function startLog(session: Client): Promise<void> {
  await session.query(`
    reset parley.now;
    do $$ declare v_partition regclass; begin
      for v_partition in select partition from broker._event_partitions() loop
        execute format('drop table %s', v_partition);
      end loop;
    end $$;
    truncate broker.events, broker.messages, broker.delayed_messages, broker.error_messages;
    alter sequence broker.event_id_seq restart;
    update broker.settings set events_per_partition = 10, partitions_ahead = 3, event_retention = '30 days';
    select broker.add_event_partitions();
  `);
}

export const partitions = (db: Db): Promise<string[]> =>
  column(
    db,
    "select replace(partition::text, 'broker.events_0000000000', '') from broker._event_partitions()",
  );

/** Puts so many events, and handles them. */
export async function putHandled(queue: TestQueue, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let i = 0; i < count; i++) ids.push(await queue.put());
  await queue.confirm((await queue.receive()).filter(({ event_id }) => ids.includes(event_id)));
  return ids;
}
