import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ConsumerDefinition } from "../../src/broker/consumer.ts";
import persistence from "../../workers/consumers/persistence.ts";
import { useDatabase } from "../setup/database.ts";
import { drain } from "../setup/worker.ts";
import { deliver, EXAMPLES_FOLDER, example } from "./deliver.ts";
import { EVENT_TABLES, expectedOf, storedEvent } from "./event-tables.ts";

const db = useDatabase();

const examples = readdirSync(EXAMPLES_FOLDER)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(/\.json$/, ""));

it("there is an example for every event but Error", async () => {
  const { rows } = await db.pool.query("select name from broker.t_chatserver_event where name <> 'Error'");
  expect(examples.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
});

it("an event that somebody has added to the routing tables is kept whole", async () => {
  const putAt = new Date("2026-03-02T09:14:05.120Z");
  const data = { SiteId: 1001, anything: ["at", { all: 1.5 }] };
  await deliver(db.pool, { id: 1, name: "from.elsewhere", data, putAt });
  const { rows } = await db.pool.query("select * from chat.other_events");
  expect(rows).toEqual([{ event_id: 1, put_at: putAt, name: "from.elsewhere", site_id: 1001, data }]);
});

describe("an event that was kept whole before it got tables of its own", () => {
  /** What the consumer did before. */
  const keepsAllWhole: ConsumerDefinition = {
    queue: "PersistenceQueue",
    delivery: "transactional",
    async handle({ id, name, data, putAt }, { tx }) {
      await tx.query("select chat.store_other_event($1, $2, $3, $4)", [id, putAt, name, data]);
    },
  };

  it("moves to them when it is replayed", async () => {
    await db.pool.query("truncate chat.other_events");
    const names = Object.keys(EVENT_TABLES).filter((name) => !NOT_ROUTED_HERE.has(name));
    const ids = new Map<string, number>();
    for (const name of names) {
      const { rows } = await db.pool.query("select broker.put_event(name => $1, data => $2) as id", [
        name,
        example(name),
      ]);
      ids.set(name, rows[0].id);
    }
    await drain(db.url, keepsAllWhole);
    expect(await namesKeptWhole()).toEqual(names.toSorted());

    await db.pool.query("select broker.replay('PersistenceQueue', since => now() - interval '1 hour')");
    await drain(db.url, persistence.definition);
    expect(await namesKeptWhole()).toEqual([]);
    for (const [name, id] of ids) expect(await storedEvent(db.pool, { id, name })).toEqual(expectedOf(name));
  });

  const NOT_ROUTED_HERE = new Set(["chat.started", "chat.visitor.replied", "chat.agent.replied"]);

  async function namesKeptWhole(): Promise<string[]> {
    const { rows } = await db.pool.query('select name from chat.other_events order by name collate "C"');
    return rows.map(({ name }) => name);
  }
});

it.each([
  { id: 101, data: { SiteId: "everywhere" }, siteId: null },
  { id: 102, data: { SiteId: 99999999999 }, siteId: null },
  { id: 103, data: { SiteId: { Id: 1 } }, siteId: null },
  { id: 106, data: { SiteId: "17" }, siteId: 17 },
])(
  "an object of any shape is kept, with its site where it names one: $data",
  async ({ id, data, siteId }) => {
    await deliver(db.pool, { id, name: "from.elsewhere", data });
    const { rows } = await db.pool.query("select site_id, data from chat.other_events where event_id = $1", [
      id,
    ]);
    expect(rows).toEqual([{ site_id: siteId, data }]);
  },
);

it.each([
  { id: 201, data: ["a list"], found: "array" },
  { id: 202, data: "text", found: "string" },
  { id: 203, data: 5, found: "number" },
])("what is no object is refused as invalid, whatever its event: $data", async ({ id, data, found }) => {
  await expect(deliver(db.pool, { id, name: "from.elsewhere", data })).rejects.toMatchObject({
    code: "PA020",
    message: `data: expected an object, got ${found}`,
  });
});
