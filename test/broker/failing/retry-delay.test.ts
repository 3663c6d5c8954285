import type { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { TestQueue } from "../test-queue.ts";

const db = useDatabase();
const NOW = Date.parse("2100-01-01T12:00:00Z");
let session: Client;

beforeAll(async () => {
  session = await db.connect();
});

beforeEach(async () => {
  await session.query("set parley.now = '2100-01-01 12:00Z'");
});

const delaysOf = async (queue: TestQueue): Promise<number[]> =>
  (await queue.delayed()).map(({ run_at }) => (Number(run_at) - NOW) / 1000);

/** Fails as many messages as given, each after so many attempts before. */
async function failAfter(queue: TestQueue, ...attempts: number[]): Promise<void> {
  for (const _ of attempts) await queue.put();
  const messages = await queue.receive();
  await queue.fail(messages.map((message, index) => ({ ...message, attempts: attempts[index]! })));
}

describe("with a retry_delay of 10 s and a retry_delay_max of 60 s", () => {
  it.each([
    [1, 10],
    [2, 20],
    [3, 40],
    [4, 60],
    [9, 60],
    [32_000, 60],
  ])("failed attempt %i is followed by a delay of %i s, give or take a quarter", async (attempt, seconds) => {
    const queue = await TestQueue.create(session, {
      ...{ retry_delay: "10 s", retry_delay_max: "60 s", max_attempts: 32_767 },
    });
    await failAfter(queue, ...Array(40).fill(attempt - 1));
    const delays = await delaysOf(queue);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(seconds * 0.75);
    expect(Math.max(...delays)).toBeLessThanOrEqual(seconds * 1.25);
    expect(Math.max(...delays) - Math.min(...delays), "jitter").toBeGreaterThan(seconds * 0.1);
  });
});

it("the longest delays that can be set are no trouble", async () => {
  const queue = await TestQueue.create(session, {
    ...{ retry_delay: "10 hours", retry_delay_max: "1 year", max_attempts: 32_767 },
  });
  await failAfter(queue, 40, 32_000);
  const days = (await delaysOf(queue)).map((seconds) => seconds / 86_400);
  for (const delay of days) {
    expect(delay).toBeGreaterThan(270);
    expect(delay).toBeLessThan(460);
  }
});

it("a queue without delay retries at once", async () => {
  const queue = await TestQueue.create(session, { retry_delay: "0", retry_delay_max: "0" });
  await failAfter(queue, 0, 3);
  expect(await delaysOf(queue)).toEqual([0, 0]);
});

it("the handler's own choice of delay is kept to the millisecond", async () => {
  const queue = await TestQueue.create(session);
  await queue.put();
  const [message] = await queue.receive();
  await queue.fail([message!], { retry_in_s: 90.5 });
  expect(await delaysOf(queue)).toEqual([90.5]);
});

it("a message comes back when its delay is over, not before, and with its attempts", async () => {
  const queue = await TestQueue.create(session);
  await queue.put("again");
  for (const attempts of [1, 2]) {
    await queue.fail(await queue.receive(), { retry_in_s: 60 });
    await session.query(`set parley.now = '2100-01-01 12:${attempts - 1}0:59.999Z'`);
    expect(await queue.receive()).toEqual([]);
    await session.query(`set parley.now = '2100-01-01 12:${attempts}0Z'`);
    expect(await queue.receive()).toMatchObject([{ data: "again", attempts }]);
  }
});
