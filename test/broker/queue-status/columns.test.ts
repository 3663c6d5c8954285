import type { Client } from "pg";
import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { column, rows, TestQueue, value } from "../test-queue.ts";

const db = useDatabase();
let session: Client;
let queue: TestQueue;

beforeEach(async () => {
  session = await db.connect();
  queue = await TestQueue.create(session);
});

const status = async () =>
  (await rows(session, "select * from broker.queue_status where queue = $1", [queue.name]))[0];

it("an empty queue", async () => {
  expect(await status()).toEqual({
    queue: queue.name,
    enabled: true,
    waiting: 0,
    delayed: 0,
    errors: 0,
    oldest_age_s: null,
    readers: 0,
    delivered_total: 0,
    retried_total: 0,
    rejected_total: 0,
    delivered_per_minute: 0,
    task: null,
  });
});

it("counts what waits, what is delayed in any way, and errors", async () => {
  for (const key of ["rejected", "retried", "retried"]) await queue.put({}, { key });
  const messages = await queue.receive();
  await queue.fail(
    messages.filter(({ key }) => key === "rejected"),
    { reject: true },
  );
  await queue.fail(messages.filter(({ key }) => key === "retried").slice(0, 1));
  await queue.receive();
  await queue.put({}, { runAt: "2120-01-01" });
  for (let i = 0; i < 4; i++) await queue.put();
  expect(await status()).toMatchObject({ waiting: 4, delayed: 3, errors: 1 });
});

it("the oldest message counts from its put, retries included, scheduled ones not", async () => {
  await queue.put({}, { runAt: "2120-01-01" });
  expect(await status()).toMatchObject({ oldest_age_s: null });
  const first = await queue.put();
  const second = await queue.put();
  const setPutAt = (id: number, time: string) =>
    session.query("update broker.events set put_at = $2 where id = $1", [id, time]);
  await setPutAt(first, "2100-01-01 12:00Z");
  await setPutAt(second, "2100-01-01 12:00:10Z");
  await session.query("set parley.now = '2100-01-01 12:01:30.5Z'");
  expect(Number((await status())?.oldest_age_s)).toBe(90.5);
  const messages = await queue.receive();
  await queue.fail(messages.filter(({ event_id }) => event_id === first));
  expect(Number((await status())?.oldest_age_s)).toBe(90.5);
  await session.query("delete from broker.delayed_messages where event_id = $1", [first]);
  expect(Number((await status())?.oldest_age_s)).toBe(80.5);
});

it("a paused queue is not enabled", async () => {
  await session.query("select broker.pause_queue(queue => $1)", [queue.name]);
  expect(await status()).toMatchObject({ enabled: false });
});

it("readers are the sessions that read now, gone with their connection", async () => {
  const readers = [await db.connect(), await db.connect()];
  await session.query("update broker.activations set readers = 2 where queue_id = $1", [queue.id]);
  for (const reader of readers) {
    await reader.query(
      "select broker.balance_lanes(queue_id => $1, worker => gen_random_uuid(), held => '{}')",
      [queue.id],
    );
  }
  expect(await status()).toMatchObject({ readers: 2 });
  await readers[0]!.end();
  await expect.poll(status).toMatchObject({ readers: 1 });
  await readers[1]!.query("select broker.retire_reader(queue_id => $1)", [queue.id]);
  expect(await status()).toMatchObject({ readers: 0 });
});

it("totals are what readers report; the last minute counts for the throughput", async () => {
  const report = (time: string) =>
    session.query(
      "insert into broker.deliveries (queue_id, at, delivered, retried, rejected) values ($1, $2, 100, 20, 3)",
      [queue.id, time],
    );
  await report("2100-01-01 11:00Z");
  await report("2100-01-01 11:58:59Z");
  await report("2100-01-01 11:59:01Z");
  await session.query("set parley.now = '2100-01-01 12:00Z'");
  expect(await status()).toMatchObject({
    delivered_total: 300,
    retried_total: 60,
    rejected_total: 9,
    delivered_per_minute: 100,
  });
  await session.query(
    "select broker.count_deliveries(queue_id => $1, delivered => 1, retried => 2, rejected => 4)",
    [queue.id],
  );
  expect(await status()).toMatchObject({ delivered_total: 301, retried_total: 62, rejected_total: 13 });
});

it("the task is the one that a worker registered", async () => {
  await session.query("select broker.register_consumer(queue => $1, task => 'consumers/x')", [queue.name]);
  expect(await status()).toMatchObject({ task: "consumers/x" });
});

it("counts on where its lanes are settled, and more than the exact limit by the server's statistics", async () => {
  await session.query(
    "insert into broker.events (name, data) select $1, '{}' from generate_series(1, 101000)",
    [queue.event],
  );
  await expect.poll(async () => (await status())?.waiting, { timeout: 10_000 }).toBe(101_000);
  await session.query(
    "update broker.lanes set low_id = (select max(id) - 10 from broker.messages where queue_id = $1) where queue_id = $1",
    [queue.id],
  );
  expect(await status()).toMatchObject({ waiting: 10 });
});

it("queues are listed in the order of their creation", async () => {
  const names = await column<string>(session, "select queue from broker.queue_status");
  expect(names.slice(0, 6)).toEqual([
    "PersistenceQueue",
    "EmailQueue",
    "TicketQueue",
    "SalesforceQueue",
    "ZendeskQueue",
    "WebHookQueue",
  ]);
  expect(names).toHaveLength(await value<number>(session, "select count(*) from broker.queues"));
});
