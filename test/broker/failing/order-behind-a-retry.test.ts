import type { Client } from "pg";
import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { type Received, TestQueue } from "../test-queue.ts";

const db = useDatabase();
let session: Client;
let queue: TestQueue;

beforeEach(async () => {
  session = await db.connect();
  queue = await TestQueue.create(session);
  await session.query("set parley.now = '2100-01-01 12:00Z'");
});

const anHourLater = () => session.query("set parley.now = '2100-01-01 13:00Z'");
const documents = (messages: Received[]) => messages.map(({ data }) => data);

async function put(key: string, ...documents: unknown[]): Promise<void> {
  for (const document of documents) await queue.put(document, { key });
}

it("later messages of the key wait behind the retry, other keys flow", async () => {
  await put("stuck", "s1", "s2");
  await put("free", "f1", "f2");
  const all = await queue.receive();
  await queue.fail(
    all.filter(({ data }) => data === "s1"),
    { retry_in_s: 60 },
  );
  await put("stuck", "s3");
  const flowing = await queue.receive();
  expect(documents(flowing)).toEqual(["f1", "f2"]);
  await queue.confirm(flowing);
  expect((await queue.delayed()).map(({ kind }) => kind)).toEqual(["retry", "waiting", "waiting"]);

  await anHourLater();
  const retried = await queue.receive();
  expect(documents(retried)).toEqual(["s1"]);
  await queue.confirm(retried);
  expect(documents(await queue.receive())).toEqual(["s2", "s3"]);
});

it("what waits behind a rejected message is let go", async () => {
  await put("k", "k1", "k2", "k3");
  const [first] = await queue.receive();
  await queue.fail([first!], { retry_in_s: 60 });
  expect(await queue.receive()).toEqual([]);
  await anHourLater();
  await queue.fail(await queue.receive(), { reject: true });
  expect(documents(await queue.receive())).toEqual(["k2", "k3"]);
});

it("when one that was let go fails, those behind it wait again", async () => {
  await put("k", "k1", "k2", "k3");
  const [first] = await queue.receive();
  await queue.fail([first!], { retry_in_s: 60 });
  await queue.receive();
  await anHourLater();
  await queue.confirm(await queue.receive());
  const [second] = await queue.receive();
  await queue.fail([second!], { retry_in_s: 60 });
  expect(await queue.receive()).toEqual([]);
  await session.query("set parley.now = '2100-01-01 14:00Z'");
  const retried = await queue.receive();
  expect(retried).toMatchObject([{ data: "k2", attempts: 1 }]);
  await queue.confirm(retried);
  expect(await queue.receive()).toMatchObject([{ data: "k3", attempts: 0 }]);
});

it("a message put while others are let go comes behind them", async () => {
  await put("k", "k1", "k2");
  const [first] = await queue.receive();
  await queue.fail([first!], { retry_in_s: 0 });
  await queue.receive();
  await put("k", "k3");
  const seen: unknown[] = [];
  for (let messages = await queue.receive(); messages.length > 0; messages = await queue.receive()) {
    seen.push(...documents(messages));
    await queue.confirm(messages);
  }
  expect(seen).toEqual(["k1", "k2", "k3"]);
});

it("hundreds that wait behind one retry are let go in order", async () => {
  await session.query(
    "insert into broker.events (name, key, data) select $1, 'k', to_jsonb(i) from generate_series(1, 350) i",
    [queue.event],
  );
  const [first] = await queue.receive(1);
  await queue.fail([first!], { retry_in_s: 0 });
  const seen: unknown[] = [];
  for (let messages = await queue.receive(500); messages.length > 0; messages = await queue.receive(500)) {
    seen.push(...documents(messages));
    await queue.confirm(messages);
  }
  expect(seen).toEqual(Array.from({ length: 350 }, (_, index) => index + 1));
  expect(await queue.delayed()).toEqual([]);
});

it("a message without a key holds back nobody", async () => {
  await queue.put("fails");
  await queue.put("flows");
  const messages = await queue.receive();
  await queue.fail(
    messages.filter(({ data }) => data === "fails"),
    { retry_in_s: 60 },
  );
  expect(documents(await queue.receive())).toEqual(["flows"]);
});

it("a key that waits in one queue is not held back in another", async () => {
  const other = await TestQueue.create(session);
  await session.query("select broker.subscribe(event => $1, queue => $2)", [queue.event, other.name]);
  await put("k", "k1");
  await put("l", "l1", "l2");
  const failFirst = async (each: TestQueue, data: string) =>
    each.fail(
      (await each.receive()).filter((message) => message.data === data),
      { retry_in_s: 60 },
    );
  await failFirst(queue, "l1");
  await failFirst(other, "k1");
  expect(documents(await queue.receive())).toEqual(["k1"]);
  expect(documents(await other.receive())).toEqual(["l1", "l2"]);
});
