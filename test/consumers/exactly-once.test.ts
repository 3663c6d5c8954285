import { describe, expect, it } from "vitest";
import { schemas } from "../../src/consumers/persistence.ts";
import { useDatabase } from "../setup/database.ts";
import { until } from "../setup/until.ts";
import { deliver, example } from "./deliver.ts";
import { storedChat } from "./stored.ts";

const db = useDatabase();

/** Every row of every table of the schema, with the transaction that wrote it. */
async function everything(): Promise<Record<string, unknown[]>> {
  const { rows } = await db.pool.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'chat'::regnamespace and relkind = 'r'",
  );
  const contents = rows.map(async ({ name }): Promise<[string, unknown[]]> => {
    const { rows } = await db.pool.query(`select xmin, t.* from chat.${name} t order by t`);
    return [name, rows];
  });
  return Object.fromEntries(await Promise.all(contents));
}

const chatOf = (chatId: string, changes: object = {}) => ({
  ...example("chat.ended"),
  ChatId: chatId,
  ...changes,
});

describe("a repeated delivery", () => {
  const names = Object.keys(schemas);
  it.each(names)("of %s changes nothing", async (name) => {
    await expectOnce({ id: 100 + names.indexOf(name), name, data: example(name) });
  });

  it("of an event that has no tables of its own changes nothing", async () => {
    await expectOnce({ id: 1, name: "from.elsewhere", data: { SiteId: 1 } });
  });

  async function expectOnce(event: { id: number; name: string; data: object }): Promise<void> {
    const empty = await everything();
    await deliver(db.pool, event);
    const before = await everything();
    expect(before).not.toEqual(empty);
    await deliver(db.pool, event);
    expect(await everything()).toEqual(before);
  }
});

describe("a chat that ends twice", () => {
  it("is replaced as a whole by the event put later, and keeps its id", async () => {
    await deliver(db.pool, { id: 10, name: "chat.ended", data: chatOf("twice") });
    const first = await idOf("twice");
    const shorter = chatOf("twice", { Messages: [], Visitor: null, AgentComment: "second" });
    await deliver(db.pool, { id: 11, name: "chat.ended", data: shorter });
    expect(await storedChat(db.pool, 11)).toMatchObject({
      AgentComment: "second",
      Messages: [],
      Visitor: null,
    });
    expect(await idOf("twice")).toBe(first);
  });

  it("is not changed by an event put earlier that comes late", async () => {
    await deliver(db.pool, { id: 21, name: "chat.ended", data: chatOf("late", { AgentComment: "new" }) });
    const before = await everything();
    await deliver(db.pool, { id: 20, name: "chat.ended", data: chatOf("late", { AgentComment: "old" }) });
    expect(await everything()).toEqual(before);
    expect(await storedChat(db.pool, 21)).toMatchObject({ AgentComment: "new" });
  });

  it("is one chat for two sessions that store it at the same moment: they take turns", async () => {
    const [one, other] = [await db.connect(), await db.connect()];
    await one.query("begin");
    await deliver(one, { id: 31, name: "chat.ended", data: chatOf("race", { AgentComment: "second" }) });
    const waiting = deliver(other, { id: 30, name: "chat.ended", data: chatOf("race") });
    await untilOneWaits();
    await one.query("commit");
    await waiting;
    expect(await storedChat(db.pool, 31)).toMatchObject({ AgentComment: "second" });
  });

  it("is one chat even if they disagree on its visitor: one of them has to retry", async () => {
    const [one, other] = [await db.connect(), await db.connect()];
    const changed = { id: 33, name: "chat.ended", data: chatOf("visitors", { Visitor: { Id: "another" } }) };
    await one.query("begin");
    await deliver(one, { id: 32, name: "chat.ended", data: chatOf("visitors") });
    const failure = expect(deliver(other, changed)).rejects.toThrow(/chats_account_id_chat_guid_key/);
    await untilOneWaits();
    await one.query("commit");
    await failure;
    await deliver(other, changed);
    expect(await storedChat(db.pool, 33)).toMatchObject({ Visitor: { Id: "another" } });
  });

  it("is two chats in two sites", async () => {
    await deliver(db.pool, { id: 40, name: "chat.ended", data: chatOf("shared", { SiteId: 1 }) });
    await deliver(db.pool, { id: 41, name: "chat.ended", data: chatOf("shared", { SiteId: 2 }) });
    const { rows } = await db.pool.query(
      "select account_id from chat.chats where chat_guid = 'shared' order by 1",
    );
    expect(rows).toEqual([{ account_id: 1 }, { account_id: 2 }]);
  });
});

describe("a delivery that is rolled back", () => {
  it("leaves nothing behind", async () => {
    const before = await everything();
    const client = await db.connect();
    await client.query("begin");
    await deliver(client, { id: 50, name: "chat.ended", data: chatOf("rolled back") });
    await client.query("rollback");
    expect(await everything()).toEqual(before);
  });
});

async function untilOneWaits(): Promise<void> {
  await until("one session waits for the other", async () => {
    const { rows } = await db.pool.query(`
      select from pg_stat_activity
      where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`);
    return rows.length === 1;
  });
}

async function idOf(chatGuid: string): Promise<number> {
  const { rows } = await db.pool.query("select dialog_id as id from chat.chats where chat_guid = $1", [
    chatGuid,
  ]);
  return rows[0].id;
}
