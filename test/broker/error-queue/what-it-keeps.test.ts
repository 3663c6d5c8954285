import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { rows, TestQueue, value } from "../test-queue.ts";

const db = useDatabase();

it("keeps what failed, where, why, when, how often, and the document", async () => {
  const session = await db.connect();
  await session.query("set parley.now = '2100-01-01 12:00Z'");
  const queue = await TestQueue.create(session);
  const event_id = await queue.put({ ChatGuid: "g-1", Rating: 7 });
  const [message] = await queue.receive();
  await queue.fail([{ ...message!, attempts: 4 }], { code: "PA020", error: "Rating: too big", reject: true });

  const [kept] = await rows(session, "select * from broker.error_messages where queue_id = $1", [queue.id]);
  expect(kept).toEqual({
    id: expect.any(Number),
    queue_id: queue.id,
    message_id: message!.id,
    event_id,
    event_name: queue.event,
    key: "g-1",
    put_at: await value(session, "select put_at from broker.events where id = $1", [event_id]),
    failed_at: new Date("2100-01-01T12:00:00Z"),
    attempts: 5,
    error_code: "PA020",
    error: "Rating: too big",
    data: { ChatGuid: "g-1", Rating: 7 },
  });
});

it("cuts an endless error text", async () => {
  const queue = await TestQueue.create(db.pool);
  await queue.put();
  await queue.fail(await queue.receive(), { error: "x".repeat(100_000), reject: true });
  expect(
    await value(db.pool, "select length(error) from broker.error_messages where queue_id = $1", [queue.id]),
  ).toBe(2000);
});

it("keeps failures of one statement in the order of their messages", async () => {
  const queue = await TestQueue.create(db.pool);
  const ids = [await queue.put(), await queue.put(), await queue.put()];
  await queue.fail((await queue.receive()).reverse(), { reject: true });
  expect((await queue.errors()).map(({ event_id }) => event_id)).toEqual(ids);
});
