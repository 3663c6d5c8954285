import type { Client } from "pg";
import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { TestQueue, value } from "../test-queue.ts";

const db = useDatabase();
const MANY = 50_000;

/** Pages that the statement touches; it is rolled back. */
async function pagesOf(session: Client, statement: string, values: unknown[]): Promise<number> {
  await session.query("begin");
  const [{ Plan }] = await value<[{ Plan: Record<string, number> }]>(
    session,
    `explain (analyze, buffers, timing off, format json) ${statement}`,
    values,
  );
  await session.query("rollback");
  return Plan["Shared Hit Blocks"]! + Plan["Shared Read Blocks"]!;
}

it("a reader's plans, made while its queue was empty and vacuumed, hold when it is full", async () => {
  const session = await db.connect();
  const queue = await TestQueue.create(session, { lanes: 1 });
  const statements: [string, unknown[]][] = [
    [
      "select * from broker.receive(queue_id => $1, lanes => '{0}', after_ids => $2, max_per_lane => 5)",
      [queue.id, [MANY - 100]],
    ],
    [
      "select broker.confirm(queue_id => $1, lanes => '{0,0,0}', ids => $2)",
      [queue.id, [MANY - 3, MANY - 2, MANY - 1]],
    ],
  ];
  await session.query("vacuum analyze broker.messages");
  await session.query("vacuum analyze broker.events");
  for (const [statement, values] of statements) await session.query(statement, values);

  const filler = await db.connect();
  await filler.query("set session_replication_role = replica");
  await filler.query(
    "insert into broker.events (id, name, key, data) select i, $1, 'key', '{}' from generate_series(1, $2::int) i",
    [queue.event, MANY],
  );
  await filler.query("insert into broker.messages select $1, 0, i, i from generate_series(1, $2::int) i", [
    queue.id,
    MANY,
  ]);
  for (const [statement, values] of statements) {
    expect(await pagesOf(session, statement, values), statement).toBeLessThan(100);
  }
});
