import type { Client } from "pg";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { putEvent, TestQueue } from "../test-queue.ts";

const db = useDatabase();
let producer: Client;
let idle: TestQueue;
let busy: TestQueue;
let heard: string[];

beforeAll(async () => {
  const listener = await db.connect();
  listener.on("notification", ({ payload }) => heard.push(payload ?? ""));
  await listener.query("listen parley_wake");
  producer = await db.connect();
  idle = await TestQueue.create(producer);
  busy = await TestQueue.create(producer);
  await producer.query("select broker.subscribe(event => $1, queue => $2)", [idle.event, busy.name]);
  await producer.query("update broker.activations set armed = true where queue_id = $1", [idle.id]);
});

beforeEach(() => {
  heard = [];
});

/** What was heard of all that the producer has done; notifications of one session come in order. */
async function heardSoFar(): Promise<string[]> {
  await producer.query("notify parley_wake, 'that is all'");
  await until("the last notification is heard", () => heard.includes("that is all"));
  return heard.slice(0, -1);
}

it("a transaction wakes an idle queue once, however much it puts", async () => {
  await producer.query("begin");
  await putEvent(producer, idle.event);
  await producer.query("insert into broker.events (name, data) select $1, '{}' from generate_series(1, 50)", [
    idle.event,
  ]);
  await producer.query("savepoint one");
  await putEvent(producer, idle.event);
  await producer.query("release one");
  expect(heard).toEqual([]);
  await producer.query("commit");
  expect(await heardSoFar()).toEqual([idle.name]);
});

it("a wake-up that a savepoint took back is made up for", async () => {
  await producer.query("begin; savepoint one");
  await putEvent(producer, idle.event);
  await producer.query("rollback to one");
  await putEvent(producer, idle.event);
  await producer.query("commit");
  await putEvent(producer, idle.event);
  expect(await heardSoFar()).toEqual([idle.name, idle.name]);
});

it("a queue that has readers is not woken", async () => {
  await putEvent(producer, busy.event);
  expect(await heardSoFar()).toEqual([]);
});

it("an event rolled back, or put for later, wakes nobody", async () => {
  await producer.query("begin");
  await putEvent(producer, idle.event);
  await producer.query("rollback");
  await putEvent(producer, idle.event, {}, { runAt: "2120-01-01" });
  expect(await heardSoFar()).toEqual([]);
});

it("redrive, replay and resume wake their queue, too", async () => {
  await busy.fail(await busy.receive(), { reject: true });
  await producer.query("select broker.redrive(queue => $1)", [busy.name]);
  await producer.query("select broker.replay(queue => $1, since => '2000-01-01')", [idle.name]);
  await producer.query("select broker.pause_queue(queue => $1)", [busy.name]);
  await producer.query("select broker.resume_queue(queue => $1)", [busy.name]);
  expect(await heardSoFar()).toEqual([busy.name, idle.name, busy.name]);
});
