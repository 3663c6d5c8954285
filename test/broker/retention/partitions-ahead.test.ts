import type { Client } from "pg";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { column, rows, TestQueue, value } from "../test-queue.ts";
import { partitions, startLog } from "./small-partitions.ts";

const db = useDatabase();
let session: Client;
let queue: TestQueue;

beforeAll(async () => {
  session = await db.connect();
  queue = await TestQueue.create(session);
});

beforeEach(() => startLog(session));

const add = () => value<number>(session, "select broker.add_event_partitions()");
const put = (count: number) =>
  session.query(
    "insert into broker.events (name, data) select $1, to_jsonb(i) from generate_series(1, $2::int) i",
    [queue.event, count],
  );
const idsIn = (partition: string) =>
  column<number>(session, `select id from broker.${partition} order by id`);

it("so many empty partitions lie ready as the settings say, in steps of the settings", async () => {
  expect(await partitions(session)).toEqual(["01", "11", "21"]);
  expect(await add()).toBe(0);
  await put(12);
  expect(await add()).toBe(1);
  expect(await partitions(session)).toEqual(["01", "11", "21", "31"]);
  await session.query("update broker.settings set partitions_ahead = 4, events_per_partition = 20");
  expect(await add()).toBe(2);
  expect(await partitions(session)).toEqual(["01", "11", "21", "31", "41", "61"]);
});

it("events land in the partition of their ids", async () => {
  await put(15);
  expect(await idsIn("events_000000000001")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await idsIn("events_000000000011")).toEqual([11, 12, 13, 14, 15]);
});

it("what the default partition caught moves into the new one, and is not put again", async () => {
  await put(44);
  expect(await idsIn("events_default")).toEqual([31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44]);
  const before = await rows(session, "select id, put_at, data from broker.events order by id");
  const waiting = await queue.waiting();

  await add();
  expect(await partitions(session)).toEqual(["01", "11", "21", "31", "41", "51", "61"]);
  expect(await idsIn("events_default")).toEqual([]);
  expect(await idsIn("events_000000000041")).toEqual([41, 42, 43, 44]);
  expect(await rows(session, "select id, put_at, data from broker.events order by id")).toEqual(before);
  expect(await queue.waiting()).toEqual(waiting);
  expect(await queue.receive()).toHaveLength(44);
});

it("the new partitions have the log's keys and indexes", async () => {
  await put(12);
  await add();
  const definitions = (table: string) =>
    column<string>(
      session,
      "select regexp_replace(indexdef, ' INDEX .* USING ', ' ') from pg_indexes where schemaname = 'broker' and tablename = $1 order by 1",
      [table],
    );
  expect(await definitions("events_000000000031")).toEqual(await definitions("events_default"));
  expect(await definitions("events_000000000031")).toHaveLength(2);
});

it("gives up for now when a transaction that reads the log is in the way, and makes them next time", async () => {
  const reader = await db.connect();
  await reader.query("begin");
  await reader.query("select from broker.events");
  await put(12);
  await session.query("set statement_timeout = '4s'");
  expect(await add()).toBe(0);
  expect(await partitions(session)).toEqual(["01", "11", "21"]);
  await reader.query("commit");
  expect(await add()).toBe(1);
});

it("puts beside it go on", async () => {
  const producer = await db.connect();
  await producer.query("begin");
  await producer.query("insert into broker.events (name, data) values ($1, '{}')", [queue.event]);
  await put(12);
  expect(await add()).toBe(1);
  await producer.query("commit");
  expect(await queue.waiting()).toHaveLength(13);
});
