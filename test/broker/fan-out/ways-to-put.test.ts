import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { column, type Db, putEvent, rows, TestQueue } from "../test-queue.ts";

const db = useDatabase();

/** Every way to put two events of a name. */
const WAYS: Record<string, (session: Db, event: string) => Promise<unknown>> = {
  "single inserts": async (session, event) => {
    await session.query("insert into broker.events (name, data) values ($1, '{}')", [event]);
    await session.query("insert into broker.events (name, data) values ($1, '{}')", [event]);
  },
  "a multi-row insert": (session, event) =>
    session.query("insert into broker.events (name, data) values ($1, '{}'), ($1, '{}')", [event]),
  "insert ... select": (session, event) =>
    session.query("insert into broker.events (name, data) select $1, '{}' from generate_series(1, 2)", [
      event,
    ]),
  COPY: async (_session, event) => copyEvents([event, event]),
  put_event: async (session, event) => {
    await putEvent(session, event);
    await putEvent(session, event);
  },
  "put_event in one select": (session, event) =>
    session.query("select broker.put_event(name => $1, data => '{}') from generate_series(1, 2)", [event]),
};

async function copyEvents(events: string[]): Promise<void> {
  const client = await db.connect();
  await pipeline(
    Readable.from(events.map((event) => `${event}\t{}\n`)),
    client.query(copyFrom("copy broker.events (name, data) from stdin")),
  );
}

const loggedIds = (event: string) =>
  column<number>(db.pool, "select id from broker.events where name = $1 order by id", [event]);

describe.each(Object.entries(WAYS))("%s", (_way, put) => {
  it("puts each event once into each of its queues, in order", async () => {
    const queue = await TestQueue.create(db.pool);
    const second = await TestQueue.create(db.pool);
    await db.pool.query("select broker.subscribe(event => $1, queue => $2)", [queue.event, second.name]);
    await put(db.pool, queue.event);
    const logged = await loggedIds(queue.event);
    expect(logged).toHaveLength(2);
    expect(await queue.waiting()).toEqual(logged);
    expect(await second.waiting()).toEqual(logged);
  });

  it("refuses an unknown event and says what to do", async () => {
    await expect(put(db.pool, "chat.endet")).rejects.toMatchObject({
      code: "PA001",
      message: 'unknown event "chat.endet"',
      hint: expect.stringContaining("broker.t_chatserver_event"),
    });
    expect(await loggedIds("chat.endet")).toEqual([]);
  });
});

describe("a statement with several events", () => {
  let one: TestQueue;
  let other: TestQueue;
  beforeAll(async () => {
    one = await TestQueue.create(db.pool);
    other = await TestQueue.create(db.pool);
  });

  it("routes each by its own name and returns their ids in order", async () => {
    const ids = await column(
      db.pool,
      "insert into broker.events (name, data) values ($1, '1'), ($2, '2'), ($1, '3') returning id",
      [one.event, other.event],
    );
    expect(await one.waiting()).toEqual([ids[0], ids[2]]);
    expect(await other.waiting()).toEqual([ids[1]]);
  });

  it("is refused as a whole when one name is unknown", async () => {
    const before = await one.waiting();
    await expect(copyEvents([one.event, "no.such.event", one.event])).rejects.toMatchObject({
      code: "PA001",
    });
    expect(await one.waiting()).toEqual(before);
  });

  it("keeps the order of a thousand rows", async () => {
    const queue = await TestQueue.create(db.pool);
    await db.pool.query(
      "insert into broker.events (name, key, data) select $1, i % 7, to_jsonb(i) from generate_series(1, 1000) i",
      [queue.event],
    );
    const received = await queue.receive(1000);
    expect(received.map(({ data }) => data)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
  });
});

it("an event without a route is logged and goes to no queue", async () => {
  const id = await putEvent(db.pool, "chat.visitor.replied");
  expect(await loggedIds("chat.visitor.replied")).toEqual([id]);
  expect(await column(db.pool, "select event_id from broker.messages where event_id = $1", [id])).toEqual([]);
});

it("takes any JSON document and delivers it as it was", async () => {
  const documents = [42, "text", true, null, [], [1, [2]], {}, { a: { b: ["ü", "\n"] } }, { ChatId: [1] }];
  const queue = await TestQueue.create(db.pool, { lanes: 1 });
  for (const document of documents) await queue.put(document);
  expect((await queue.receive()).map(({ data }) => data)).toEqual(documents);
});

it("takes a document of 10 MB", async () => {
  const queue = await TestQueue.create(db.pool);
  const document = { Text: "long ".repeat(2 * 1024 * 1024) };
  await queue.put(document);
  expect(await queue.receive()).toMatchObject([{ data: document }]);
});

it.each(["name", "data"])("put_event without %s says which argument is missing", async (missing) => {
  const args = { name: "'chat.ended'", data: "'{}'", [missing]: "null" };
  await expect(
    db.pool.query(`select broker.put_event(name => ${args.name}, data => ${args.data})`),
  ).rejects.toMatchObject({ code: "PA004", message: `put_event: ${missing} must not be null` });
});

it("the log keeps what was put, with the time of the put", async () => {
  const started = new Date();
  const id = await putEvent(db.pool, "chat.started", { ChatGuid: "g" }, { key: "k", dedupeId: "d" });
  const [logged] = await rows<{ put_at: Date }>(db.pool, "select * from broker.events where id = $1", [id]);
  expect(logged).toMatchObject({
    id,
    name: "chat.started",
    key: "k",
    dedupe_id: "d",
    run_at: null,
    data: { ChatGuid: "g" },
  });
  expect(Math.abs(logged!.put_at.getTime() - started.getTime())).toBeLessThan(5_000);
});
