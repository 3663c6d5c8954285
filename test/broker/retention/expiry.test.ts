import type { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { isBlocked } from "../blocked.ts";
import { column, putEvent, rows, TestQueue, value } from "../test-queue.ts";
import { partitions, putHandled, startLog } from "./small-partitions.ts";

const db = useDatabase();
let session: Client;
let queue: TestQueue;

beforeAll(async () => {
  session = await db.connect();
  queue = await TestQueue.create(session);
});

beforeEach(() => startLog(session));

const after = (age: string) =>
  session.query("select set_config('parley.now', (clock_timestamp() + $1::interval)::text, false)", [age]);
const drop = () => value<number>(session, "select broker.drop_expired_events()");
const loggedIds = () => column<number>(session, "select id from broker.events order by id");

it("a partition goes when its events are older than the retention, not before", async () => {
  await putHandled(queue, 25);
  await after("29 days 23 hours");
  expect(await drop()).toBe(0);
  await after("30 days 1 hour");
  expect(await drop()).toBe(2);
  expect(await loggedIds()).toEqual([21, 22, 23, 24, 25]);
  expect(await partitions(session)).toEqual(["21"]);
  expect(await drop()).toBe(0);
});

it("follows the settings", async () => {
  await putHandled(queue, 15);
  await session.query("update broker.settings set event_retention = '2 days'");
  await after("49 hours");
  expect(await drop()).toBe(1);
});

describe("never drops what a queue still needs", () => {
  const needs: Record<string, () => Promise<unknown>> = {
    "a waiting message": () => queue.put(),
    "a scheduled message": () => queue.put({}, { runAt: "2120-01-01" }),
    "a message to be retried": async () => {
      await queue.put();
      await queue.fail(await queue.receive());
    },
  };

  it.each(Object.entries(needs))("%s", async (_what, put) => {
    await putHandled(queue, 12);
    await put();
    await putHandled(queue, 12);
    await after("1 year");
    expect(await drop()).toBe(1);
    expect(await partitions(session)).toEqual(["11", "21"]);
  });
});

it("waits for a transaction that put into the partition", async () => {
  const producer = await db.connect();
  await putHandled(queue, 8);
  await producer.query("begin");
  const late = await putEvent(producer, queue.event);
  await putHandled(queue, 5);
  await after("1 year");
  expect(await drop()).toBe(0);
  await producer.query("commit");
  expect(await drop()).toBe(0);
  expect(await queue.receive()).toMatchObject([{ event_id: late }]);
  await queue.confirm(await queue.receive());
  expect(await drop()).toBe(1);
});

it("what is put while it waits is needed, too", async () => {
  const producer = await db.connect();
  await putHandled(queue, 8);
  await producer.query("begin");
  const late = await putEvent(producer, queue.event);
  await putHandled(queue, 5);
  await after("1 year");
  let over = false;
  const dropping = drop().finally(() => {
    over = true;
  });
  await until("it waits, or has given up", async () => over || (await isBlocked(db.pool, session)));
  await producer.query("commit");
  await dropping;
  expect(await queue.receive()).toMatchObject([{ event_id: late }]);
});

it("gives up for now when a transaction that reads the log is in the way", async () => {
  await putHandled(queue, 15);
  const reader = await db.connect();
  await reader.query("begin");
  await reader.query("select from broker.events");
  await after("1 year");
  expect(await drop()).toBe(0);
  await reader.query("commit");
  expect(await drop()).toBe(1);
});

it("leaves an event that a replay is about to need", async () => {
  await session.query("drop table broker.events_000000000001");
  const [id] = await putHandled(queue, 1);
  await after("1 year");
  const operator = await db.connect();
  await operator.query("begin");
  await operator.query("select broker.replay(queue => $1, since => '2000-01-01')", [queue.name]);
  await drop();
  await operator.query("commit");
  expect(await queue.receive()).toMatchObject([{ event_id: id }]);
});

it("an error outlives its event; redriven, it is kept as long as it is needed", async () => {
  const [id] = [await queue.put({ n: 1 })];
  await queue.fail(await queue.receive(), { reject: true });
  await putHandled(queue, 14);
  await after("1 year");
  expect(await drop()).toBe(1);
  expect(await loggedIds()).not.toContain(id);

  await session.query("select broker.redrive(queue => $1)", [queue.name]);
  await drop();
  const redriven = await queue.receive();
  expect(redriven).toMatchObject([{ event_id: id, data: { n: 1 } }]);
  await queue.confirm(redriven);
  await drop();
  expect(await loggedIds()).not.toContain(id);
});

it("maintain does it all: partitions ahead, old ones dropped, dedupe ids forgotten", async () => {
  await queue.put({}, { dedupeId: "old" });
  await queue.confirm(await queue.receive());
  await putHandled(queue, 14);
  await after("1 year");
  const before = await partitions(session);
  await session.query("call broker.maintain()");
  const now = await partitions(session);
  expect(now[0]).not.toBe(before[0]);
  expect(now.at(-1)).not.toBe(before.at(-1));
  expect(await rows(session, "select count(*) from broker.dedupe_ids")).toEqual([{ count: 0 }]);
});

describe("the settings", () => {
  it.each([
    ["event_retention = '0'", "event_retention_positive"],
    ["dedupe_retention = '-1 day'", "dedupe_retention_positive"],
    ["events_per_partition = 0", "events_per_partition_positive"],
    ["partitions_ahead = 0", "partitions_ahead_positive"],
  ])("refuse %s", async (setting, constraint) => {
    await expect(session.query(`update broker.settings set ${setting}`)).rejects.toMatchObject({
      code: "23514",
      constraint,
    });
  });

  it("are one row", async () => {
    await expect(session.query("insert into broker.settings default values")).rejects.toMatchObject({
      code: "23505",
    });
  });
});
