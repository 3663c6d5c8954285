import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { putEvent, TestQueue, value } from "../test-queue.ts";

const db = useDatabase();
let queue: TestQueue;

beforeEach(async () => {
  queue = await TestQueue.create(db.pool);
});

const call = (verb: "subscribe" | "unsubscribe", event: string, name: string) =>
  value<boolean>(db.pool, `select broker.${verb}(event => $1, queue => $2)`, [event, name]);

it("the next put follows a subscription and its end; what waits stays", async () => {
  const before = await putEvent(db.pool, "ban.added");
  expect(await call("subscribe", "ban.added", queue.name)).toBe(true);
  const during = await putEvent(db.pool, "ban.added");
  expect(await call("unsubscribe", "ban.added", queue.name)).toBe(true);
  const after = await putEvent(db.pool, "ban.added");
  expect(new Set([before, during, after]).size).toBe(3);
  expect(await queue.waiting()).toEqual([during]);
});

it("subscribing twice, and unsubscribing twice, changes nothing and says so", async () => {
  await call("subscribe", "ban.added", queue.name);
  expect(await call("subscribe", "ban.added", queue.name)).toBe(false);
  const once = await putEvent(db.pool, "ban.added");
  expect(await queue.waiting()).toEqual([once]);
  await call("unsubscribe", "ban.added", queue.name);
  expect(await call("unsubscribe", "ban.added", queue.name)).toBe(false);
});

it("a subscription that is rolled back routes nothing", async () => {
  const session = await db.connect();
  await session.query("begin");
  await session.query("select broker.subscribe(event => 'ban.added', queue => $1)", [queue.name]);
  await session.query("rollback");
  await putEvent(db.pool, "ban.added");
  expect(await queue.waiting()).toEqual([]);
});

describe.each(["subscribe", "unsubscribe"] as const)("%s", (verb) => {
  it("names an unknown event", async () => {
    await expect(call(verb, "ban.addet", queue.name)).rejects.toMatchObject({
      code: "PA001",
      message: 'unknown event "ban.addet"',
    });
  });

  it("names an unknown queue", async () => {
    await expect(call(verb, "ban.added", "Nowhere")).rejects.toMatchObject({
      code: "PA002",
      message: 'unknown queue "Nowhere"',
      hint: expect.stringContaining("broker.queue_status"),
    });
  });
});
