import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { untilBlocked } from "../blocked.ts";
import { column, putEvent, TestQueue, value } from "../test-queue.ts";

const db = useDatabase();

it("a repeated put returns the first event and adds nothing", async () => {
  const queue = await TestQueue.create(db.pool);
  const first = await queue.put({ n: 1 }, { dedupeId: "repeated" });
  expect(await queue.put({ n: 2 }, { dedupeId: "repeated" })).toBe(first);
  expect((await queue.receive()).map(({ data }) => data)).toEqual([{ n: 1 }]);
  expect(await column(db.pool, "select data from broker.events where name = $1", [queue.event])).toEqual([
    { n: 1 },
  ]);
});

it("an insert passes over the repeated rows and takes the others", async () => {
  const queue = await TestQueue.create(db.pool);
  const ids = await column(
    db.pool,
    `insert into broker.events (name, data, dedupe_id)
     values ($1, '1', 'in one'), ($1, '2', 'in one'), ($1, '3', 'other'), ($1, '4', null) returning id`,
    [queue.event],
  );
  expect((await queue.receive()).map(({ data }) => data).sort()).toEqual([1, 3, 4]);
  expect(await queue.waiting()).toEqual(ids);
});

it("two sessions put the same id at once: one event, both learn which", async () => {
  const queue = await TestQueue.create(db.pool);
  const [one, two] = [await db.connect(), await db.connect()];
  await one.query("begin");
  const first = await putEvent(one, queue.event, {}, { dedupeId: "raced" });
  const second = putEvent(two, queue.event, {}, { dedupeId: "raced" });
  await untilBlocked(db.pool, two);
  await one.query("commit");
  expect(await second).toBe(first);
  expect(await queue.waiting()).toEqual([first]);
});

it("a put that is rolled back lets the next one in", async () => {
  const queue = await TestQueue.create(db.pool);
  const [one, two] = [await db.connect(), await db.connect()];
  await one.query("begin");
  const first = await putEvent(one, queue.event, {}, { dedupeId: "undone" });
  const second = putEvent(two, queue.event, {}, { dedupeId: "undone" });
  await untilBlocked(db.pool, two);
  await one.query("rollback");
  const admitted = await second;
  expect(admitted).not.toBe(first);
  expect(await queue.waiting()).toEqual([admitted]);
});

it("many sessions put the same ids: each event once", async () => {
  const queue = await TestQueue.create(db.pool);
  const puts = Array.from({ length: 60 }, (_, i) => queue.put({}, { dedupeId: `many ${i % 6}` }));
  const ids = new Set(await Promise.all(puts));
  expect(ids.size).toBe(6);
  expect(new Set(await queue.waiting())).toEqual(ids);
  expect(await queue.waiting()).toHaveLength(6);
});

it("a refused put does not use its id up", async () => {
  await expect(putEvent(db.pool, "no.such.event", {}, { dedupeId: "refused" })).rejects.toMatchObject({
    code: "PA001",
  });
  const queue = await TestQueue.create(db.pool);
  expect(await queue.waiting()).toEqual([]);
  const id = await queue.put({}, { dedupeId: "refused" });
  expect(await queue.waiting()).toEqual([id]);
});

it("is remembered for settings.dedupe_retention, then forgotten", async () => {
  const queue = await TestQueue.create(db.pool);
  const session = await db.connect();
  await session.query("update broker.settings set dedupe_retention = '2 days'");
  const first = await queue.put({}, { dedupeId: "remembered" });
  const forgetAfter = (age: string) =>
    value<number>(
      session,
      "select broker.forget_dedupe_ids() from set_config('parley.now', (clock_timestamp() + $1::interval)::text, false)",
      [age],
    );

  await forgetAfter("47 hours");
  expect(await queue.put({}, { dedupeId: "remembered" })).toBe(first);
  expect(await forgetAfter("49 hours")).toBeGreaterThan(0);
  expect(await queue.put({}, { dedupeId: "remembered" })).not.toBe(first);
  expect(await queue.waiting()).toHaveLength(2);
});
