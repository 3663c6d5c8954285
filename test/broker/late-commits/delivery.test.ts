import { expect, test } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { startTestWorker } from "../../setup/worker.ts";

const db = useDatabase();
const PUT = "insert into broker.events (name, data) values ('offlineMessage.submitted', $1)";

/** Every queue receives the events of all tests here: only those of one test count. */
function recording(queue: string, delivery: "transactional" | "calling-out", about: string) {
  const seen: string[] = [];
  return {
    seen,
    definition: {
      queue,
      delivery,
      async handle({ data }: { data: unknown }) {
        const title = (data as { Title: string }).Title;
        if (title.startsWith(about)) seen.push(title);
      },
    },
  };
}

for (const [queue, delivery] of [
  ["EmailQueue", "calling-out"],
  ["TicketQueue", "transactional"],
] as const) {
  test(`${delivery}: an event whose transaction commits after readers have passed its id is delivered`, async () => {
    const { seen, definition } = recording(queue, delivery, delivery);
    await startTestWorker(db.url, definition);
    const early = await db.connect();
    await early.query("begin");
    await early.query(PUT, [{ Title: `${delivery} early` }]);
    await early.query("savepoint inner_part");
    await early.query(PUT, [{ Title: `${delivery} early, in a savepoint` }]);
    await early.query("release savepoint inner_part");

    for (let i = 0; i < 20; i++) await db.pool.query(PUT, [{ Title: `${delivery} ${i}` }]);
    await until("the readers have passed the open transaction", () => seen.length === 20);
    await early.query("commit");

    await until("the late ones arrive", () => seen.length === 22);
    // Without a key no order is promised.
    expect(seen.slice(20).sort()).toEqual([`${delivery} early`, `${delivery} early, in a savepoint`]);
  });
}

test("a late commit is found by the next worker when the one that passed it has stopped", async () => {
  const first = recording("ZendeskQueue", "calling-out", "stopped:");
  const worker = await startTestWorker(db.url, first.definition);
  const early = await db.connect();
  await early.query("begin");
  await early.query(PUT, [{ Title: "stopped: early" }]);
  await db.pool.query(PUT, [{ Title: "stopped: passes" }]);
  await until("the first worker has passed the open transaction", () =>
    first.seen.includes("stopped: passes"),
  );
  await worker.stop();
  await early.query("commit");

  const second = recording("ZendeskQueue", "calling-out", "stopped:");
  await startTestWorker(db.url, second.definition);
  await until("the second worker finds it", () => second.seen.includes("stopped: early"));
  expect(second.seen).toEqual(["stopped: early"]);
});

test("a session that holds its snapshot open does not hold deliveries up", async () => {
  const { seen, definition } = recording("SalesforceQueue", "calling-out", "snapshot");
  const analyst = await db.connect();
  await analyst.query("begin isolation level repeatable read");
  await analyst.query("select count(*) from broker.events");
  await startTestWorker(db.url, definition);
  await db.pool.query(PUT, [{ Title: "snapshot held beside" }]);
  await until("it is delivered", () => seen.includes("snapshot held beside"));
  await analyst.query("rollback");
});
