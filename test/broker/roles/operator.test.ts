import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { putEvent, TestQueue, value } from "../test-queue.ts";
import { useLogin } from "./login.ts";

const db = useDatabase();
const login = useLogin(db, "parley_operator");
let operator: Client;

beforeAll(async () => {
  operator = await login.connect();
});

it("edits events and routes, as rows and by functions; the next put follows", async () => {
  const queue = await TestQueue.create(operator);
  await operator.query("insert into broker.t_chatserver_event (name) values ('shop.order.placed')");
  await operator.query("select broker.subscribe(event => 'shop.order.placed', queue => $1)", [queue.name]);
  await operator.query(
    "update broker.t_chatserver_event set name = 'shop.order.shipped' where name = 'shop.order.placed'",
  );
  const id = await putEvent(db.pool, "shop.order.shipped");
  expect(await queue.from(db.pool).waiting()).toEqual([id]);
  await operator.query("select broker.unsubscribe(event => 'shop.order.shipped', queue => $1)", [queue.name]);
  await operator.query("delete from broker.t_chatserver_queue where name = $1", [queue.name]);
  await operator.query("delete from broker.t_chatserver_event where name = 'shop.order.shipped'");
  await operator.query("select broker.drop_queue(name => $1, force => true)", [queue.name]);
});

it("pauses and resumes, redrives, discards and replays", async () => {
  const queue = await TestQueue.create(db.pool);
  await queue.put();
  await queue.put();
  await queue.fail(await queue.receive(), { reject: true });
  const call = (call: string) => value(operator, `select broker.${call}`, [queue.name]);
  expect(await call("pause_queue(queue => $1)")).toBe(true);
  expect(await call("resume_queue(queue => $1)")).toBe(true);
  expect(await call("redrive(ids => (select array[min(id)] from broker.error_messages), queue => $1)")).toBe(
    1,
  );
  expect(await call("discard(queue => $1)")).toBe(1);
  expect(await call("replay(queue => $1, since => '2000-01-01')")).toBe(2);
});

it("looks at everything of the broker", async () => {
  for (const table of [
    ...["events", "messages", "delayed_messages", "error_messages", "deliveries", "suspect_messages"],
    ...["queues", "t_chatserver_event", "t_chatserver_queue", "routes", "settings", "lanes", "activations"],
    "queue_status",
  ]) {
    await operator.query(`select * from broker.${table} limit 1`);
  }
});

it("sets how the log is kept and how queues are read", async () => {
  await operator.query(
    "update broker.settings set event_retention = '1 year', dedupe_retention = '1 day', events_per_partition = 5, partitions_ahead = 2",
  );
  await operator.query(
    `update broker.queues set max_readers = 2, messages_per_reader = 100, max_attempts = 5,
       retry_delay = '2 s', retry_delay_max = '3 s' where name = 'EmailQueue'`,
  );
});
