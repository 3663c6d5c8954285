import { expect, it } from "vitest";
import { consumersOf, loadTasks } from "../../../src/broker/load-tasks.ts";
import { example } from "../../consumers/deliver.ts";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { startTestWorker } from "../../setup/worker.ts";
import { putEvent, value } from "../test-queue.ts";
import { useLogin } from "./login.ts";

const db = useDatabase();
const login = useLogin(db, "parley_worker");

it("runs all consumers of this program and one that calls out, through success, retry and rejection", async () => {
  const attempts: number[] = [];
  const consumers = Object.values(consumersOf(await loadTasks())).map(({ definition }) => definition);
  await db.pool.query(
    "update broker.queues set max_attempts = 2, retry_delay = '0' where name = 'EmailQueue'",
  );
  await startTestWorker(login.url, ...consumers, {
    queue: "EmailQueue",
    delivery: "calling-out",
    async handle({ attempt }) {
      attempts.push(attempt);
      throw new Error("no mail today");
    },
  });
  const put = await putEvent(db.pool, "chat.ended", example("chat.ended"));

  await until(
    "the chat is stored",
    async () => (await value(db.pool, "select count(*) from chat.chats")) === 1,
  );
  await until("the e-mail is dead-lettered", async () =>
    value<boolean>(
      db.pool,
      "select exists (select from broker.error_messages where event_id = $1 and error = 'no mail today')",
      [put],
    ),
  );
  expect(attempts).toEqual([1, 2]);
});

it("does the broker's upkeep, puts events of its own and watches the queues", async () => {
  const worker = await login.connect();
  for (const statement of [
    "call broker.maintain()",
    "select * from broker.sweep()",
    "call broker.take_checkpoint()",
    "select broker.put_event(name => 'ban.added', data => '{}')",
    "select * from broker.queue_status",
    "listen parley_wake",
  ]) {
    await worker.query(statement);
  }
});
