import { beforeAll, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { untilBlocked } from "../blocked.ts";
import { column, putEvent, rows, TestQueue, value } from "../test-queue.ts";

const db = useDatabase();

const redrive = (queue: TestQueue) =>
  value<number>(db.pool, "select broker.redrive(queue => $1)", [queue.name]);

async function rejectAll(queue: TestQueue): Promise<void> {
  await queue.fail(await queue.receive(), { reject: true });
}

/** Without prepared partitions all events lie in the default one, where restored events go, too. */
beforeAll(async () => {
  await db.pool.query("drop table broker.events_000000000001");
});

const dropFromLog = (id: number) => db.pool.query("delete from broker.events where id = $1", [id]);

it("sends each back to its queue only, behind what waits, with all its attempts", async () => {
  const queue = await TestQueue.create(db.pool);
  const other = await TestQueue.create(db.pool);
  await db.pool.query("select broker.subscribe(event => $1, queue => $2)", [queue.event, other.name]);
  const failed = [await queue.put(1, { key: "k" }), await queue.put(2, { key: "k" })];
  await rejectAll(queue);
  await other.confirm(await other.receive());
  const waiting = await queue.put(3, { key: "k" });
  await other.confirm(await other.receive());

  expect(await redrive(queue)).toBe(2);
  expect(await queue.waiting()).toEqual([waiting, ...failed]);
  expect(await queue.receive()).toMatchObject([3, 1, 2].map((data) => ({ data, key: "k", attempts: null })));
  expect(await queue.errors()).toEqual([]);
  expect(await other.waiting()).toEqual([]);
});

it("what fails again is in the error queue again", async () => {
  const queue = await TestQueue.create(db.pool);
  const event_id = await queue.put();
  for (let round = 0; round < 3; round++) {
    await rejectAll(queue);
    expect(await queue.errors()).toMatchObject([{ event_id, attempts: 1 }]);
    expect(await redrive(queue)).toBe(1);
  }
});

it("restores an event that retention has dropped, and hands it to nobody else", async () => {
  const queue = await TestQueue.create(db.pool);
  const id = await queue.put({ ChatGuid: "g-1", n: 1 });
  const put_at = await value<Date>(db.pool, "select put_at from broker.events where id = $1", [id]);
  await rejectAll(queue);
  await dropFromLog(id);
  const other = await TestQueue.create(db.pool);
  await db.pool.query("select broker.subscribe(event => $1, queue => $2)", [queue.event, other.name]);

  expect(await redrive(queue)).toBe(1);
  expect(await queue.receive()).toMatchObject([
    { event_id: id, event_name: queue.event, key: "g-1", data: { ChatGuid: "g-1", n: 1 }, put_at },
  ]);
  expect(await other.waiting()).toEqual([]);
});

it("restores it once when several queues redrive it, also at the same moment", async () => {
  const [one, two, three] = [
    await TestQueue.create(db.pool),
    await TestQueue.create(db.pool),
    await TestQueue.create(db.pool),
  ];
  for (const other of [two, three])
    await db.pool.query("select broker.subscribe(event => $1, queue => $2)", [one.event, other.name]);
  const id = await one.put();
  for (const queue of [one, two, three]) await rejectAll(queue);
  await dropFromLog(id);

  const [first, second] = [await db.connect(), await db.connect()];
  await first.query("begin");
  await first.query("select broker.redrive(queue => $1)", [one.name]);
  const atOnce = second.query(
    "select broker.redrive(ids => array_agg(id)) from broker.error_messages where queue_id in ($1, $2)",
    [two.id, three.id],
  );
  await untilBlocked(db.pool, second);
  await first.query("commit");
  await atOnce;
  for (const queue of [one, two, three]) expect(await queue.waiting()).toEqual([id]);
  expect(await column(db.pool, "select id from broker.events where id = $1", [id])).toEqual([id]);
});

it("many at once, of many queues, each reach their own", async () => {
  const id = await putEvent(db.pool, "chat.ended");
  const queues = await rows<{ id: number }>(db.pool, "select id from broker.queues where id <= 6");
  for (const queue of queues) {
    await db.pool.query(
      `select broker.fail(queue_id => $1, failures => jsonb_agg(jsonb_build_object('lane', lane, 'id', id,
         'event_id', event_id, 'attempt', 1, 'code', 'MANY', 'error', 'e', 'reject', true)))
       from broker.messages where queue_id = $1`,
      [queue.id],
    );
  }
  expect(await value(db.pool, "select broker.redrive(error_code => 'MANY')")).toBe(6);
  expect(
    await column(db.pool, "select queue_id from broker.messages where event_id = $1 order by 1", [id]),
  ).toEqual(queues.map((queue) => queue.id));
});
