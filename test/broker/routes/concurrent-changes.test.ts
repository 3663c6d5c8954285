import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { untilBlocked } from "../blocked.ts";
import { putEvent, TestQueue } from "../test-queue.ts";

const db = useDatabase();

it("changes of two sessions at once both count", async () => {
  const queue = await TestQueue.create(db.pool);
  const [one, two] = [await db.connect(), await db.connect()];
  await one.query("begin");
  await one.query("select broker.subscribe(event => 'ban.added', queue => $1)", [queue.name]);
  const second = two.query("select broker.subscribe(event => 'chat.queued', queue => $1)", [queue.name]);
  await untilBlocked(db.pool, two);
  await one.query("commit");
  await second;
  const ids = [await putEvent(db.pool, "ban.added"), await putEvent(db.pool, "chat.queued")];
  expect(await queue.waiting()).toEqual(ids);
});

it("a change by a transaction that cannot see an earlier one is refused, not mixed up", async () => {
  const queue = await TestQueue.create(db.pool);
  const stale = await db.connect();
  await stale.query("begin isolation level repeatable read");
  await stale.query("select from broker.t_chatserver_event");
  await queue.put();
  await db.pool.query("select broker.unsubscribe(event => $1, queue => $2)", [queue.event, queue.name]);
  await expect(
    stale.query("select broker.subscribe(event => 'ban.added', queue => 'EmailQueue')"),
  ).rejects.toMatchObject({ code: "40001" });
  await stale.query("rollback");
  await queue.put();
  expect(await queue.waiting()).toHaveLength(1);
});

it("a put waits for the transaction that makes a queue and routes to it, and then goes there", async () => {
  const [dba, producer] = [await db.connect(), await db.connect()];
  await dba.query("begin");
  const queue = await TestQueue.create(dba);
  await dba.query("select broker.subscribe(event => 'ban.added', queue => $1)", [queue.name]);
  const put = putEvent(producer, "ban.added");
  await untilBlocked(db.pool, producer);
  await dba.query("commit");
  const id = await put;
  expect(await queue.from(db.pool).waiting()).toEqual([id]);
});

it("such a transaction gives up soon while another that put events is open", async () => {
  const [dba, producer] = [await db.connect(), await db.connect()];
  await producer.query("begin");
  await putEvent(producer, "ban.added");
  await dba.query("begin; set local statement_timeout = '4s'");
  await dba.query("select broker.create_queue('NewQueue')");
  await expect(
    dba.query("select broker.subscribe(event => 'ban.added', queue => 'NewQueue')"),
  ).rejects.toMatchObject({ code: "PA005", hint: expect.stringContaining("transaction of its own") });
  await dba.query("rollback");
  await producer.query("commit");
});

it("puts go on while routes and queues change", async () => {
  const steady = await TestQueue.create(db.pool);
  let changing = true;
  const producers = [1, 2].map(async () => {
    const producer = await db.connect();
    const ids: number[] = [];
    while (changing) ids.push(await putEvent(producer, steady.event));
    return ids;
  });

  const changes = (async () => {
    for (let round = 0; round < 15; round++) {
      const passing = await TestQueue.create(db.pool);
      await db.pool.query("select broker.subscribe(event => $1, queue => $2)", [steady.event, passing.name]);
      await db.pool.query("update broker.t_chatserver_event set receive_queue_name = $2 where name = $1", [
        steady.event,
        passing.name,
      ]);
      await db.pool.query("select broker.drop_queue(name => $1, force => true)", [passing.name]);
    }
  })().finally(() => {
    changing = false;
  });

  await changes;
  const ids = (await Promise.all(producers)).flat().sort((a, b) => a - b);
  expect(ids.length).toBeGreaterThan(30);
  expect((await steady.waiting()).sort((a, b) => a - b)).toEqual(ids);
});
