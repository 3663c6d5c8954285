import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { untilBlocked } from "../blocked.ts";
import { type Db, putEvent, TestQueue, value } from "../test-queue.ts";

const db = useDatabase();

const drop = (queue: { name: string }, options = "", session: Db = db.pool) =>
  session.query(`select broker.drop_queue(name => $1 ${options})`, [queue.name]);

const exists = (queue: TestQueue) =>
  value<boolean>(db.pool, "select exists (select from broker.queues where name = $1)", [queue.name]);

it("an empty queue goes with all that was its own; its event stays known", async () => {
  const queue = await TestQueue.create(db.pool);
  await queue.put();
  await queue.confirm(await queue.receive());
  await drop(queue);
  expect(await exists(queue)).toBe(false);
  expect(await value(db.pool, "select to_regclass(format('broker.%I', $1::text))", [queue.name])).toBeNull();
  for (const table of ["lanes", "activations", "routes"]) {
    expect(await value(db.pool, `select count(*) from broker.${table} where queue_id = $1`, [queue.id])).toBe(
      0,
    );
  }
  expect(await queue.put()).toBeGreaterThan(0);
});

describe("a queue that holds messages", () => {
  const holding: Record<string, (queue: TestQueue) => Promise<unknown>> = {
    "a waiting one": (queue) => queue.put(),
    "a scheduled one": (queue) => queue.put({}, { runAt: "2120-01-01" }),
    "one to be retried": async (queue) => {
      await queue.put();
      await queue.fail(await queue.receive());
    },
    "an error": async (queue) => {
      await queue.put();
      await queue.fail(await queue.receive(), { reject: true });
    },
  };

  it.each(Object.entries(holding))("(%s) is kept, unless forced", async (_what, fill) => {
    const queue = await TestQueue.create(db.pool);
    await fill(queue);
    await expect(drop(queue)).rejects.toMatchObject({
      code: "PA006",
      message: `queue "${queue.name}" still holds messages`,
      hint: expect.stringContaining("force => true"),
    });
    expect(await exists(queue)).toBe(true);
    await drop(queue, ", force => true");
    expect(await exists(queue)).toBe(false);
    expect([await queue.waiting(), await queue.delayed(), await queue.errors()]).toEqual([[], [], []]);
  });
});

describe("while another transaction is open that", () => {
  const inTheWay: Record<string, (session: Db, queue: TestQueue) => Promise<unknown>> = {
    "put an event": (session) => putEvent(session, "ban.added"),
    "changed routes": (session) =>
      session.query("delete from broker.t_chatserver_queue where name = 'TicketQueue'"),
    "paused the queue": (session, queue) =>
      session.query("select broker.pause_queue(queue => $1)", [queue.name]),
  };

  it.each(Object.entries(inTheWay))("%s, it gives up soon and harms nobody", async (_what, act) => {
    const queue = await TestQueue.create(db.pool);
    const open = await db.connect();
    await open.query("begin");
    await act(open, queue);

    const operator = await db.connect();
    await operator.query("set statement_timeout = '4s'");
    await expect(drop(queue, "", operator)).rejects.toMatchObject({
      code: "PA005",
      hint: expect.stringContaining("Try again"),
    });
    const id = await putEvent(operator, queue.event);
    await open.query("commit");
    expect(await queue.waiting()).toEqual([id]);
    await drop(queue, ", force => true", operator);
    expect(await exists(queue)).toBe(false);
  });
});

it("while it waits for who changed routes, that one may put", async () => {
  const queue = await TestQueue.create(db.pool);
  const [dba, operator] = [await db.connect(), await db.connect()];
  await dba.query("begin; set local statement_timeout = '500ms'");
  await dba.query("select broker.subscribe(event => 'ban.added', queue => 'EmailQueue')");
  const dropping = drop(queue, "", operator);
  await untilBlocked(db.pool, operator);
  await putEvent(dba, "ban.added");
  await dba.query("rollback");
  await dropping;
});

it("a queue of the same name starts afresh", async () => {
  const queue = await TestQueue.create(db.pool);
  await queue.put();
  await drop(queue, ", force => true");
  const id = await value<number>(db.pool, "select broker.create_queue($1)", [queue.name]);
  expect(id).not.toBe(queue.id);
  await queue.put();
  expect(await value(db.pool, "select waiting from broker.queue_status where queue = $1", [queue.name])).toBe(
    0,
  );
});

it("an unknown queue is named", async () => {
  await expect(drop({ name: "Nowhere" })).rejects.toMatchObject({
    code: "PA002",
    message: 'unknown queue "Nowhere"',
  });
});
