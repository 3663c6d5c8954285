import { expect, test } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { drain } from "../../setup/worker.ts";

const db = useDatabase();

/** A handler that runs into so many deadlocks before it succeeds; returns the attempts it was told. */
async function attemptsWith(deadlocks: number, queue: string): Promise<number[]> {
  const chat = `${deadlocks} deadlocks`;
  await db.pool.query("select broker.put_event('chat.ended', $1)", [{ ChatId: chat }]);
  const attempts: number[] = [];
  await drain(db.url, {
    queue,
    delivery: "transactional",
    async handle({ data, attempt }, { tx }) {
      if ((data as { ChatId: string }).ChatId !== chat) return;
      attempts.push(attempt);
      if (attempts.length <= deadlocks)
        await tx.query("do $$ begin raise exception 'deadlock detected' using errcode = '40P01'; end $$");
    },
  });
  return attempts;
}

const delayed = async () =>
  (await db.pool.query("select sum(delayed)::int as delayed from broker.queue_status")).rows[0].delayed;

test("a batch that runs into a deadlock is repeated at once, and no message is blamed", async () => {
  expect(await attemptsWith(3, "ZendeskQueue")).toEqual([1, 1, 1, 1]);
  expect(await delayed()).toBe(0);
});

test("one that goes on deadlocking fails like any other", async () => {
  expect(await attemptsWith(99, "EmailQueue")).toEqual([1, 1, 1, 1, 1]);
  expect(await delayed()).toBe(1);
});
