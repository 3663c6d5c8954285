import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { putEvent, TestQueue } from "../test-queue.ts";

const db = useDatabase();

it("nothing is put before the commit, nor after a rollback", async () => {
  const queue = await TestQueue.create(db.pool);
  const producer = await db.connect();
  await producer.query("begin");
  await putEvent(producer, queue.event);
  expect(await queue.waiting()).toEqual([]);
  await producer.query("rollback");
  expect(await queue.waiting()).toEqual([]);

  await producer.query("begin");
  const kept = await putEvent(producer, queue.event);
  await producer.query("commit");
  expect(await queue.waiting()).toEqual([kept]);
});

it("a savepoint rolled back leaves nothing, a released one keeps its events, however deep", async () => {
  const queue = await TestQueue.create(db.pool);
  const producer = await db.connect();
  const put = () => putEvent(producer, queue.event);
  await producer.query("begin");
  const first = await put();
  await producer.query("savepoint outside");
  const outside = await put();
  await producer.query("savepoint inside");
  await put();
  await producer.query("rollback to inside");
  const again = await put();
  await producer.query("release outside");
  await producer.query("savepoint undone");
  await put();
  await producer.query("savepoint released_in_vain");
  await put();
  await producer.query("release released_in_vain");
  await producer.query("rollback to undone");
  const last = await put();
  await producer.query("commit");
  expect(await queue.waiting()).toEqual([first, outside, again, last]);
});

it("an error caught in a block undoes the puts of that block only", async () => {
  const queue = await TestQueue.create(db.pool);
  await db.pool.query(`
    do $$ begin
      perform broker.put_event(name => '${queue.event}', data => '"kept"');
      begin
        perform broker.put_event(name => '${queue.event}', data => '"undone"');
        perform broker.put_event(name => 'no.such.event', data => '{}');
      exception when sqlstate 'PA001' then null;
      end;
    end $$`);
  expect((await queue.receive()).map(({ data }) => data)).toEqual(["kept"]);
});

it("an open transaction that put events holds nobody up", async () => {
  const queue = await TestQueue.create(db.pool);
  const producer = await db.connect();
  await producer.query("begin");
  const early = await putEvent(producer, queue.event, {}, { key: "same", dedupeId: "first" });
  await putEvent(producer, queue.event, {}, { runAt: "2120-01-01" });

  const other = await db.connect();
  await other.query("set statement_timeout = '3s'");
  const seen = queue.from(other);
  const late = await seen.put({}, { key: "same", dedupeId: "second" });
  expect(await seen.waiting()).toEqual([late]);
  const [message] = await seen.receive();
  await seen.fail([message!], { reject: true });
  for (const statement of [
    "select broker.redrive(queue => $1)",
    "select broker.pause_queue(queue => $1)",
    "select broker.resume_queue(queue => $1)",
    "select broker.unsubscribe(event => 'ban.added', queue => $1)",
    "select broker.subscribe(event => 'ban.added', queue => $1)",
    "update broker.queues set max_attempts = 3 where name = $1",
    "update broker.t_chatserver_event set receive_queue_name = $1 where name = 'ban.added'",
    "delete from broker.t_chatserver_queue where name = $1",
    "select broker.create_queue($1 || '.beside')",
    "select broker.replay(queue => $1, since => '2000-01-01')",
    "select $1, broker.sweep()",
    "select $1, broker.add_event_partitions()",
  ]) {
    await other.query(statement, [queue.name]);
  }
  await producer.query("commit");
  expect(await seen.waiting()).toEqual([early, late]);
});
