import type { Client } from "pg";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { column, rows, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { createFirstAccount } from "../first-account.ts";

const db = useDatabase();
let client: Client;

beforeAll(async () => {
  client = await db.connect();
  await createFirstAccount(client);
});

beforeEach(async () => {
  await client.query("delete from chat.conversations");
  await client.query("update chat.users set deleted_at = null");
});

const conversation = (status: number, assignee: number): Promise<number> =>
  value(
    client,
    "insert into chat.conversations (account_id, inbox_id, status, assignee_id) values (1, 1, $1, $2) returning id",
    [status, assignee],
  );
const assignee = (id: number) =>
  value(client, "select assignee_id from chat.conversations where id = $1", [id]);
const deleteAgent = (id: number) =>
  client.query("update chat.users set deleted_at = now() where id = $1", [id]);

it("a deleted agent loses the unresolved conversations, and that is logged", async () => {
  const [open, pending, of2] = [await conversation(0, 1), await conversation(2, 1), await conversation(0, 2)];
  await deleteAgent(1);
  expect(await assignee(open)).toBe(null);
  expect(await assignee(pending)).toBe(null);
  expect(await assignee(of2)).toBe(2);
  expect(
    await rows(
      client,
      "select name, user_id from chat.events where conversation_id = $1 order by id desc limit 1",
      [open],
    ),
  ).toEqual([{ name: "conversation_assigned", user_id: null }]);
});

it("a resolved conversation keeps the deleted agent, until it is reopened", async () => {
  const id = await conversation(0, 1);
  await client.query("update chat.conversations set status = 1 where id = $1", [id]);
  await deleteAgent(1);
  expect(await assignee(id)).toBe(1);
  await client.query("update chat.conversations set status = 0 where id = $1", [id]);
  expect(await assignee(id)).toBe(null);
  expect(
    await rows(
      client,
      "select name, user_id::int from chat.events where conversation_id = $1 order by id desc limit 2",
      [id],
    ),
  ).toEqual([
    { name: "conversation_assigned", user_id: null },
    { name: "conversation_open", user_id: null },
  ]);
  expect(
    await column(client, "select assignee_id from chat.dialogs where conversation_id = $1 order by id", [id]),
  ).toEqual([1, null]);
});

it("nothing is assigned to a deleted agent", async () => {
  const id = await conversation(0, 2);
  await deleteAgent(1);
  await expect(
    client.query("update chat.conversations set assignee_id = 1 where id = $1", [id]),
  ).rejects.toMatchObject({ code: "PA032" });
  await expect(conversation(0, 1)).rejects.toMatchObject({ code: "PA032" });
});

it.each(["users", "teams", "inboxes"])("rows of chat.%s are not deleted for good", async (table) => {
  await expect(client.query(`delete from chat.${table}`)).rejects.toMatchObject({ code: "PA034" });
});

it("a contact who is deleted takes conversations, dialogs, messages, events and mentions along", async () => {
  const contact = await value(client, "insert into chat.contacts (account_id) values (1) returning id");
  const id = await value(
    client,
    "insert into chat.conversations (account_id, inbox_id, contact_id) values (1, 1, $1) returning id",
    [contact],
  );
  await client.query("insert into chat.messages (conversation_id, message_type) values ($1, 0)", [id]);
  await client.query("insert into chat.mentions (conversation_id, user_id) values ($1, 1)", [id]);
  await client.query("delete from chat.contacts where id = $1", [contact]);
  for (const table of ["dialogs", "events", "messages", "mentions"]) {
    expect(await column(client, `select id from chat.${table} where conversation_id = $1`, [id])).toEqual([]);
  }
});

it("an id that a client chose is not handed out again, and does not use up those that follow", async () => {
  const insert = (id: number | null) =>
    value<number>(
      client,
      "insert into chat.users (account_id, id, name) values (1, $1, 'Agent') returning id::int",
      [id],
    );
  const first = await insert(null);
  await insert(first + 1);
  await insert(2_147_483_647);
  expect(await insert(null)).toBe(first + 2);
  await expect(insert(2_147_483_648)).rejects.toThrow("id_of_32_bits");
  await expect(insert(0)).rejects.toThrow("id_of_32_bits");
});

it("an inbox or a team that has been deleted gets no conversation", async () => {
  const id = await conversation(0, 1);
  await client.query("update chat.teams set deleted_at = now() where id = 1");
  await client.query("update chat.inboxes set deleted_at = now() where id = 2");
  for (const statement of [
    "update chat.conversations set team_id = 1 where id = $1",
    "update chat.conversations set inbox_id = 2 where id = $1",
    "insert into chat.conversations (account_id, inbox_id, identifier) values (1, 2, $1::bigint::text)",
  ]) {
    await expect(client.query(statement, [id])).rejects.toMatchObject({ code: "PA032" });
  }
  await client.query("update chat.teams set deleted_at = null");
  await client.query("update chat.inboxes set deleted_at = null");
});
