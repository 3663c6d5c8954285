import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { TestQueue } from "../test-queue.ts";

const db = useDatabase();
let queue: TestQueue;

beforeEach(async () => {
  queue = await TestQueue.create(db.pool, { max_attempts: 3 });
});

it("a message gets max_attempts attempts, then it goes to the error queue", async () => {
  const event_id = await queue.put();
  for (const attempts of [null, 1]) {
    const messages = await queue.receive();
    expect(messages).toMatchObject([{ event_id, attempts }]);
    expect(await queue.fail(messages, { retry_in_s: 0 })).toEqual([]);
  }
  const last = await queue.receive();
  expect(await queue.fail(last, { retry_in_s: 0, code: "E42" })).toEqual([last[0]!.id]);
  expect(await queue.errors()).toMatchObject([{ event_id, attempts: 3, error_code: "E42" }]);
  expect(await queue.receive()).toEqual([]);
  expect(await queue.delayed()).toEqual([]);
});

it("a rejected message goes there at once", async () => {
  const event_id = await queue.put();
  const messages = await queue.receive();
  expect(await queue.fail(messages, { reject: true })).toEqual([messages[0]!.id]);
  expect(await queue.errors()).toMatchObject([{ event_id, attempts: 1 }]);
  expect(await queue.waiting()).toEqual([]);
});

it("a message rejected at its retry leaves nothing behind", async () => {
  await queue.put();
  await queue.fail(await queue.receive(), { retry_in_s: 0 });
  await queue.fail(await queue.receive(), { reject: true });
  expect(await queue.errors()).toMatchObject([{ attempts: 2 }]);
  expect(await queue.delayed()).toEqual([]);
});

it("messages that fail together each have their own outcome", async () => {
  const [dead, retried, done] = [await queue.put(), await queue.put(), await queue.put()];
  const messages = await queue.receive();
  const of = (id: number) => messages.filter(({ event_id }) => event_id === id);
  await queue.fail([{ ...of(dead)[0]!, attempts: 2 }, of(retried)[0]!]);
  await queue.confirm(of(done));
  expect(await queue.errors()).toMatchObject([{ event_id: dead, attempts: 3 }]);
  expect(await queue.delayed()).toMatchObject([{ event_id: retried, kind: "retry", attempts: 1 }]);
  expect(await queue.waiting()).toEqual([]);
});

it("the DBA's max_attempts counts from the next failure on", async () => {
  await queue.put();
  await queue.fail(await queue.receive(), { retry_in_s: 0 });
  await db.pool.query("update broker.queues set max_attempts = 1 where id = $1", [queue.id]);
  await queue.fail(await queue.receive());
  expect(await queue.errors()).toMatchObject([{ attempts: 2 }]);
});
