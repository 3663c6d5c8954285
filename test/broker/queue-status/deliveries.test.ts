import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { rows, TestQueue } from "../test-queue.ts";

const db = useDatabase();
let session: Client;
let one: TestQueue;
let other: TestQueue;

beforeAll(async () => {
  session = await db.connect();
  one = await TestQueue.create(session);
  other = await TestQueue.create(session);
});

it("compacting leaves a row per queue and past hour, and every total as it was", async () => {
  await session.query("set parley.now = '2100-01-01 12:30Z'");
  await session.query(
    `insert into broker.deliveries (queue_id, at, delivered, retried, rejected)
     select q, timestamptz '2100-01-01 09:50Z' + i * interval '1 minute', i, 2, 1
     from generate_series(1, 159) i, unnest($1::int[]) q`,
    [[one.id, other.id]],
  );
  const totals = () =>
    rows(
      session,
      "select queue, delivered_total, retried_total, rejected_total from broker.queue_status where queue = any ($1)",
      [[one.name, other.name]],
    );
  const before = await totals();
  expect(before).toMatchObject([
    { delivered_total: 12_720, retried_total: 318, rejected_total: 159 },
    { delivered_total: 12_720 },
  ]);

  for (let run = 0; run < 2; run++) {
    await session.query("select broker.compact_deliveries()");
    expect(await totals()).toEqual(before);
    expect(
      await rows(
        session,
        `select extract(hour from at at time zone 'UTC')::int as hour, count(*), sum(delivered)::int as delivered
         from broker.deliveries where queue_id = $1 group by 1 order by 1`,
        [one.id],
      ),
    ).toEqual([
      { hour: 9, count: 1, delivered: 45 },
      { hour: 10, count: 1, delivered: (10 + 69) * 30 },
      { hour: 11, count: 1, delivered: (70 + 129) * 30 },
      { hour: 12, count: 30, delivered: (130 + 159) * 15 },
    ]);
  }
});

it("an hour is compacted when its last minute no longer counts as the throughput", async () => {
  await session.query("truncate broker.deliveries");
  await session.query("set parley.now = '2100-01-01 13:00:30Z'");
  await session.query(
    `insert into broker.deliveries (queue_id, at, delivered, retried, rejected)
     values ($1, '2100-01-01 12:59:50Z', 5, 0, 0), ($1, '2100-01-01 12:59:51Z', 6, 0, 0)`,
    [one.id],
  );
  await session.query("select broker.compact_deliveries()");
  const perMinute = () =>
    rows(session, "select delivered_per_minute from broker.queue_status where queue = $1", [one.name]);
  expect(await perMinute()).toEqual([{ delivered_per_minute: 11 }]);
});
