import { expect, it } from "vitest";
import { loadTasks } from "../../../src/broker/load-tasks.ts";
import { noObserver } from "../../../src/broker/observer.ts";
import { startWorker } from "../../../src/broker/worker.ts";
import { createPool } from "../../../src/db/connect.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { silentLog } from "../../setup/worker.ts";

const db = useDatabase();

async function start(once: boolean) {
  const pool = createPool(db.url, { max: 30, applicationName: "test worker" });
  const worker = await startWorker({
    pool,
    log: silentLog,
    observer: noObserver,
    tasks: await loadTasks(),
    once,
  });
  return { finished: worker.finished, stop: () => worker.stop().then(() => pool.end()) };
}

const open = () =>
  db.pool.query("insert into chat.conversations (account_id, inbox_id, contact_id) values (1, 1, 1)");
const summed = async () => (await db.pool.query("select count(*)::int as n from stats.dialogs")).rows[0].n;

it("a worker that ends when the queues are empty has summed all that there is", async () => {
  await createFirstAccount(db.pool);
  await open();
  const worker = await start(true);
  await worker.finished;
  await worker.stop();
  expect(await summed()).toBe(1);
});

it("a worker sums within seconds, from its start on and again and again", async () => {
  await open();
  const worker = await start(false);
  await until("the first is summed", async () => (await summed()) === 2, 5_000);
  await open();
  await until("the next is summed", async () => (await summed()) === 3, 5_000);
  const stopping = performance.now();
  await worker.stop();
  expect(performance.now() - stopping).toBeLessThan(4_000);
});
