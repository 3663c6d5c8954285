import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { TestQueue, value } from "../test-queue.ts";

const db = useDatabase();
let queue: TestQueue;

beforeEach(async () => {
  queue = await TestQueue.create(db.pool);
});

const call = (verb: "pause" | "resume", name = queue.name) =>
  value<boolean>(db.pool, `select broker.${verb}_queue(queue => $1)`, [name]);

it("says whether something changed", async () => {
  expect(await call("resume")).toBe(false);
  expect(await call("pause")).toBe(true);
  expect(await call("pause")).toBe(false);
  expect(await call("resume")).toBe(true);
  expect(await call("resume")).toBe(false);
});

it("while paused, messages arrive and none is delivered, nor a retry that is due", async () => {
  await queue.put("first");
  await queue.fail(await queue.receive(), { retry_in_s: 0 });
  await call("pause");
  await queue.put("second");
  expect(await queue.receive()).toEqual([]);
  expect(await queue.waiting()).toHaveLength(1);
  await call("resume");
  expect((await queue.receive()).map(({ data }) => data)).toEqual(["first", "second"]);
});

it("what a reader has in hand when the queue is paused, it can finish", async () => {
  await queue.put();
  const inHand = await queue.receive();
  await call("pause");
  await queue.confirm(inHand);
  await call("resume");
  expect(await queue.receive()).toEqual([]);
});

it("the sweep asks for no reader of a paused queue", async () => {
  await db.pool.query("select broker.register_consumer(queue => $1, task => 'test')", [queue.name]);
  await queue.put();
  const wanted = () =>
    value<number | undefined>(db.pool, "select start_readers from broker.sweep() where queue = $1", [
      queue.name,
    ]);
  expect(await wanted()).toBe(1);
  await call("pause");
  expect(await wanted()).toBeUndefined();
});

describe.each(["pause", "resume"] as const)("%s_queue", (verb) => {
  it("names an unknown queue", async () => {
    await expect(call(verb, "Nowhere")).rejects.toMatchObject({
      code: "PA002",
      message: 'unknown queue "Nowhere"',
    });
  });
});
