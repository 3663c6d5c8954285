import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { column, putEvent, rows, TestQueue, value } from "../test-queue.ts";

const db = useDatabase();

const lanesOf = (queue: TestQueue) =>
  column<number>(db.pool, "select lane from broker.messages where queue_id = $1 order by id", [queue.id]);

it("events of one key share a lane in every queue; keys spread over all lanes", async () => {
  const queue = await TestQueue.create(db.pool, { lanes: 8 });
  for (const key of ["a", "b", "a"]) await queue.put({}, { key });
  const [a, , again] = await lanesOf(queue);
  expect(again).toBe(a);

  const many = await TestQueue.create(db.pool, { lanes: 8 });
  await db.pool.query(
    "insert into broker.events (name, key, data) select $1, i, '{}' from generate_series(1, 800) i",
    [many.event],
  );
  const perLane = await rows<{ lane: number; count: number }>(
    db.pool,
    "select lane, count(*) from broker.messages where queue_id = $1 group by lane order by lane",
    [many.id],
  );
  expect(perLane.map(({ lane }) => lane)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  for (const { count } of perLane) expect(count).toBeGreaterThan(50);
});

it("events without a key spread evenly", async () => {
  const queue = await TestQueue.create(db.pool, { lanes: 4 });
  await db.pool.query("insert into broker.events (name, data) select $1, '{}' from generate_series(1, 40)", [
    queue.event,
  ]);
  const lanes = await lanesOf(queue);
  for (const lane of [0, 1, 2, 3]) expect(lanes.filter((other) => other === lane)).toHaveLength(10);
});

it("a key given with the put decides, not the document", async () => {
  const queue = await TestQueue.create(db.pool);
  await queue.put({ ChatGuid: "chat" }, { key: "given" });
  await queue.put({ ChatGuid: "chat" });
  expect((await queue.receive()).map(({ key }) => key).sort()).toEqual(["chat", "given"]);
});

it("a key of more than 512 bytes is refused, nothing of it is put", async () => {
  const queue = await TestQueue.create(db.pool);
  await queue.put({}, { key: "k".repeat(512) });
  await expect(queue.put({}, { key: `${"k".repeat(511)}ü` })).rejects.toMatchObject({
    code: "23514",
    constraint: "key_at_most_512_bytes",
  });
  expect(await queue.waiting()).toHaveLength(1);
});

describe("the conversation group of a document", () => {
  it.each([
    [{ ChatGuid: "g", ChatId: 1, SessionId: "s", SiteId: 2 }, "g"],
    [{ ChatGuid: "", ChatId: 7, SiteId: 2 }, "7"],
    [{ ChatId: "0", SessionId: "s" }, "s"],
    [{ ChatId: 0, SiteId: 2 }, "site:2"],
    [{ SiteId: 0 }, null],
    [{ Other: 1 }, null],
    [{ ChatGuid: "x".repeat(200) }, "x".repeat(128)],
    [[{ ChatGuid: "g" }], null],
    ["ChatGuid", null],
    [null, null],
  ])("of %j is %j", async (document, group) => {
    expect(await value(db.pool, "select broker.conversation_group($1)", [JSON.stringify(document)])).toBe(
      group,
    );
  });
});

it("a scheduled event and a redriven one keep to the lane of their key", async () => {
  const queue = await TestQueue.create(db.pool, { lanes: 64 });
  for (const key of ["a", "b", "c", "d"]) {
    await queue.put({}, { key });
    await putEvent(db.pool, queue.event, {}, { key, runAt: "2100-01-01" });
  }
  const lanes = await lanesOf(queue);
  await queue.fail(await queue.receive(), { reject: true });
  const session = await db.connect();
  await session.query("set parley.now = '2100-01-02'");
  await session.query("select broker.promote_scheduled()");
  expect(await lanesOf(queue)).toEqual(lanes);
  await db.pool.query("delete from broker.messages where queue_id = $1", [queue.id]);
  await db.pool.query("select broker.redrive(queue => $1)", [queue.name]);
  expect(await lanesOf(queue)).toEqual(lanes);
});
