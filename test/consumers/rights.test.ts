import { describe, expect, it } from "vitest";
import { schemas } from "../../src/consumers/persistence.ts";
import { useDatabase } from "../setup/database.ts";
import { deliver, example } from "./deliver.ts";

const db = useDatabase();

describe("parley_worker", () => {
  it.each(Object.keys(schemas))("stores %s", async (name) => {
    const worker = await db.connect("parley_worker");
    await deliver(worker, { id: 1, name, data: example(name) });
  });

  it("keeps events whole that have no tables of their own", async () => {
    const worker = await db.connect("parley_worker");
    await deliver(worker, { id: 2, name: "from.elsewhere", data: {} });
  });

  it("touches no table of the schema itself", async () => {
    const worker = await db.connect("parley_worker");
    await expect(worker.query("select from chat.chats")).rejects.toThrow("permission denied");
    await expect(worker.query("delete from chat.other_events")).rejects.toThrow("permission denied");
  });
});

describe("parley_operator", () => {
  it("reads what is stored", async () => {
    const reader = await db.connect("parley_operator");
    await reader.query("select from chat.chats, chat.transcript_lines, chat.chat_ratings, chat.chat_wrapups");
  });

  it("stores and changes nothing", async () => {
    const reader = await db.connect("parley_operator");
    const store = deliver(reader, { id: 2, name: "ban.added", data: example("ban.added") });
    await expect(store).rejects.toThrow("permission denied");
    await expect(reader.query("update chat.chats set account_id = 2")).rejects.toThrow("permission denied");
  });
});

describe.each(["parley_analyst", "parley_producer", "parley_web"])("%s", (role) => {
  it("does not see what has arrived", async () => {
    const other = await db.connect(role);
    await expect(other.query("select from chat.chats")).rejects.toThrow("permission denied");
  });
});

describe("the schema by itself", () => {
  it("refuses a code that the source document does not know, whoever writes it", async () => {
    const store = (chatType: number) =>
      db.pool.query("select chat.store_chat_ended(event_id => 3, put_at => now(), document => $1)", [
        {
          account_id: 1,
          chat_guid: "a",
          agent_ids: [],
          started_at: "2026-03-02T09:00:00Z",
          ended_at: "2026-03-02T09:10:00Z",
          chat_type: chatType,
        },
      ]);
    await expect(store(4)).rejects.toThrow("chat_type_0_to_3");
    await store(3);
  });

  it("explains every table, view and function", async () => {
    const { rows } = await db.pool.query(`
      select c.relname as name from pg_class c
      where c.relnamespace = 'chat'::regnamespace and c.relkind in ('r', 'v') and obj_description(c.oid) is null
      union all
      select p.proname from pg_proc p
      where p.pronamespace = 'chat'::regnamespace and obj_description(p.oid) is null`);
    expect(rows).toEqual([]);
  });
});
