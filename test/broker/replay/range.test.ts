import type { Client } from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { untilBlocked } from "../blocked.ts";
import { column, rows, TestQueue, value } from "../test-queue.ts";

const db = useDatabase();
let session: Client;
let queue: TestQueue;
let ids: Record<"ten" | "eleven" | "noon", number>;

/** Three events, put at 10:00, 11:00 and 12:00, handled long since; now it is 13:00. */
beforeEach(async () => {
  session = await db.connect();
  queue = await TestQueue.create(session);
  ids = { ten: await queue.put(10), eleven: await queue.put(11), noon: await queue.put(12) };
  await queue.confirm(await queue.receive());
  for (const [id, hour] of [
    [ids.ten, 10],
    [ids.eleven, 11],
    [ids.noon, 12],
  ])
    await session.query("update broker.events set put_at = $2 where id = $1", [id, at(hour!)]);
  await session.query(`set parley.now = '${at(13)}'`);
});

const at = (hour: number) => `2100-01-01 ${hour}:00Z`;
const replay = (since: string | null, until: string | null = null, name = queue.name) =>
  value<number>(session, "select broker.replay(queue => $1, since => $2, until => $3)", [name, since, until]);

describe("the range", () => {
  it.each<[string, number, number | null, (keyof typeof ids)[]]>([
    ["starts with since and ends before until", 10, 12, ["ten", "eleven"]],
    ["ends now by default", 11, null, ["eleven", "noon"]],
    ["may lie between events", 8, 9, []],
    ["may reach into the future", 12, 23, ["noon"]],
  ])("%s", async (_rule, since, until, found) => {
    expect(await replay(at(since), until === null ? null : at(until))).toBe(found.length);
    expect(await queue.waiting()).toEqual(found.map((name) => ids[name]));
  });

  it.each([
    ["no start", null, at(12)],
    ["its end before its start", at(12), at(11)],
    ["no extent", at(12), at(12)],
    ["its start in the future", at(14), null],
  ])("with %s is refused", async (_fault, since, until) => {
    await expect(replay(since, until)).rejects.toMatchObject({
      code: "PA008",
      message: expect.stringContaining("replay needs a time range"),
      hint: expect.stringContaining("since =>"),
    });
  });
});

it("delivers once more what the queue is subscribed to now, in the order of the log", async () => {
  const other = await TestQueue.create(session);
  await session.query("select broker.subscribe(event => $1, queue => $2)", [queue.event, other.name]);
  const elsewhere = await other.put("not of the range");
  expect(await replay(at(10), at(13), other.name)).toBe(3);
  expect(await replay(at(10), at(13), other.name)).toBe(3);
  const { ten, eleven, noon } = ids;
  expect(await other.waiting()).toEqual([elsewhere, ten, eleven, noon, ten, eleven, noon]);
  expect(await queue.waiting()).toEqual([]);

  await session.query("select broker.unsubscribe(event => $1, queue => $2)", [queue.event, queue.name]);
  expect(await replay(at(10))).toBe(0);
});

it("leaves alone what is scheduled for later", async () => {
  const scheduled = await queue.put("later", { runAt: at(15) });
  const due = await queue.put("due", { runAt: at(12) });
  await queue.confirm(await queue.receive());
  await session.query("update broker.events set put_at = $2 where id = any ($1)", [[scheduled, due], at(12)]);
  expect(await replay(at(11))).toBe(3);
  expect(await queue.waiting()).toEqual([ids.eleven, ids.noon, due]);
});

it("names an unknown queue", async () => {
  await expect(replay(at(10), null, "Nowhere")).rejects.toMatchObject({ code: "PA002" });
});

it("has its transaction id before it draws a message id, as checkpoints need it", async () => {
  const locker = await db.connect();
  await locker.query("begin");
  await locker.query(`lock table broker."${queue.name}" in share mode`);
  const replaying = replay(at(10));
  await untilBlocked(db.pool, session);
  const [checkpoint] = await rows(db.pool, "call broker.take_checkpoint()");
  await locker.query("commit");
  await replaying;
  const listed = await column(
    db.pool,
    `select m.xmin::text::xid8 < pg_snapshot_xmax($3) from broker.messages m where m.queue_id = $1 and m.id <= $2`,
    [queue.id, checkpoint!.last_id, checkpoint!.snapshot],
  );
  expect(listed).toEqual([true]);
});
