import { beforeAll, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { TestQueue } from "../test-queue.ts";

const db = useDatabase();
let alerts: TestQueue;

beforeAll(async () => {
  alerts = await TestQueue.create(db.pool);
  await db.pool.query("select broker.subscribe(event => 'Error', queue => $1)", [alerts.name]);
});

async function rejectOne(queue: TestQueue): Promise<number> {
  const event = await queue.put({ ChatGuid: "g-1" });
  await queue.fail(await queue.receive(), { code: "PA020", error: "no good", reject: true });
  return event;
}

it("every arrival puts an Error event that says what failed, where and why", async () => {
  const queue = await TestQueue.create(db.pool);
  const event = await rejectOne(queue);
  const [alert, ...more] = await alerts.receive();
  expect(more).toEqual([]);
  expect(alert).toMatchObject({
    event_name: "Error",
    data: {
      ErrorMessageId: (await queue.errors())[0]!.id,
      Queue: queue.name,
      EventId: event,
      EventName: queue.event,
      Key: "g-1",
      Attempts: 1,
      Code: "PA020",
      Error: "no good",
      FailedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    },
  });
  await alerts.confirm([alert!]);
});

it("a retry puts none", async () => {
  const queue = await TestQueue.create(db.pool);
  await queue.put();
  await queue.fail(await queue.receive());
  expect(await alerts.waiting()).toEqual([]);
});

it("an Error event that fails itself is kept, and puts no other", async () => {
  await rejectOne(await TestQueue.create(db.pool));
  const failing = await alerts.receive();
  expect(failing).toHaveLength(1);
  await alerts.fail(failing, { reject: true });
  expect(await alerts.errors()).toHaveLength(1);
  expect(await alerts.waiting()).toEqual([]);
});

it("without the Error event, failures are kept all the same", async () => {
  const queue = await TestQueue.create(db.pool);
  const dba = await db.connect();
  await dba.query("begin");
  await dba.query("delete from broker.t_chatserver_event where name = 'Error'");
  const event_id = await rejectOne(queue.from(dba));
  expect(await queue.from(dba).errors()).toMatchObject([{ event_id }]);
  await dba.query("rollback");
});
