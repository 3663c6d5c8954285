import type { Client } from "pg";
import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { putEvent, TestQueue, value } from "../test-queue.ts";

const db = useDatabase();
let session: Client;
let queue: TestQueue;

beforeEach(async () => {
  session = await db.connect();
  queue = await TestQueue.create(session);
  await at("2100-01-01 12:00");
});

const at = (time: string) => session.query(`set parley.now = '${time}Z'`);
const promote = () => value<number>(session, "select broker.promote_scheduled()");

it("an event is not delivered before its time, and once it has come", async () => {
  const id = await queue.put("later", { runAt: "2100-01-01 13:00Z" });
  expect(await queue.receive()).toEqual([]);
  expect(await queue.delayed()).toMatchObject([{ event_id: id, kind: "scheduled", attempts: 0 }]);
  await at("2100-01-01 12:59:59.999");
  expect(await promote()).toBe(0);
  await at("2100-01-01 13:00");
  expect(await promote()).toBe(1);
  expect(await queue.receive()).toMatchObject([{ event_id: id, data: "later", attempts: null }]);
  expect(await queue.delayed()).toEqual([]);
  expect(await promote()).toBe(0);
});

it("a time that has come is no delay", async () => {
  const past = await queue.put({}, { runAt: "2100-01-01 11:59Z" });
  const now = await queue.put({}, { runAt: "2100-01-01 12:00Z" });
  expect(await queue.waiting()).toEqual([past, now]);
  expect(await queue.delayed()).toEqual([]);
});

it("they come in the order of their times, behind what waits by then", async () => {
  const second = await queue.put({}, { key: "k", runAt: "2100-01-01 14:00Z" });
  const first = await queue.put({}, { key: "k", runAt: "2100-01-01 13:00Z" });
  const also = await queue.put({}, { key: "k", runAt: "2100-01-01 14:00Z" });
  const direct = await queue.put({}, { key: "k" });
  await at("2100-01-01 15:00");
  expect(await promote()).toBe(3);
  expect(await queue.waiting()).toEqual([direct, first, second, also]);
});

it("one that is scheduled holds back nothing of its key", async () => {
  await queue.put("later", { key: "k", runAt: "2100-01-01 13:00Z" });
  await queue.put("now", { key: "k" });
  expect((await queue.receive()).map(({ data }) => data)).toEqual(["now"]);
});

it("in one statement, each event has its own time, in each of its queues", async () => {
  const other = await TestQueue.create(session);
  await session.query("select broker.subscribe(event => $1, queue => $2)", [queue.event, other.name]);
  await session.query(
    `insert into broker.events (name, data, run_at)
     values ($1, '1', '2100-01-02Z'), ($1, '2', null), ($1, '3', '2099-01-01Z')`,
    [queue.event],
  );
  for (const each of [queue, other]) {
    expect((await each.receive()).map(({ data }) => data).sort()).toEqual([2, 3]);
    expect(await each.delayed()).toHaveLength(1);
  }
});

it("an unknown event is refused at once, and one without a route needs no time", async () => {
  await expect(putEvent(session, "no.such.event", {}, { runAt: "2120-01-01" })).rejects.toMatchObject({
    code: "PA001",
  });
  await putEvent(session, "chat.agent.replied", {}, { runAt: "2120-01-01" });
  expect(await value(session, "select count(*) from broker.delayed_messages where queue_id = 0")).toBe(0);
});

it("the sweep promotes, too", async () => {
  const id = await queue.put({}, { runAt: "2100-01-01 13:00Z" });
  await at("2100-01-01 13:00");
  await session.query("select broker.sweep()");
  expect(await queue.waiting()).toEqual([id]);
});

it("a time a century ahead is one", async () => {
  await queue.put({}, { runAt: "2200-01-01 12:00Z" });
  expect(await queue.delayed()).toHaveLength(1);
});

it.each(["2200-01-01 12:00:01Z", "infinity", "-infinity"])(
  "%s is no time to wait for, whoever puts and whatever the way",
  async (runAt) => {
    const refusal = { code: "PA043", hint: expect.stringContaining("100 years") };
    await expect(queue.put({}, { runAt })).rejects.toMatchObject(refusal);
    await expect(
      session.query("insert into broker.events (name, data, run_at) values ($1, '1', null), ($1, '2', $2)", [
        queue.event,
        runAt,
      ]),
    ).rejects.toMatchObject(refusal);
    expect(await queue.waiting()).toEqual([]);
  },
);
