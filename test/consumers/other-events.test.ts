import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { schemas } from "../../src/consumers/persistence.ts";
import { useDatabase } from "../setup/database.ts";
import { deliver, EXAMPLES_FOLDER, example } from "./deliver.ts";

const db = useDatabase();

const examples = readdirSync(EXAMPLES_FOLDER)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(/\.json$/, ""));

it("there is an example for every event but Error", async () => {
  const { rows } = await db.pool.query("select name from broker.t_chatserver_event where name <> 'Error'");
  expect(examples.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
});

it.each(examples.filter((name) => !(name in schemas)))(
  "%s, which has no tables of its own yet, is kept whole",
  async (name) => {
    const id = 1 + examples.indexOf(name);
    const putAt = new Date("2026-03-02T09:14:05.120Z");
    await deliver(db.pool, { id, name, data: example(name), putAt });
    const { rows } = await db.pool.query("select * from chat.other_events where event_id = $1", [id]);
    expect(rows).toEqual([{ event_id: id, put_at: putAt, name, site_id: 1001, data: example(name) }]);
  },
);

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
