import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { createTwoAccounts } from "../../api/two-accounts.ts";
import { useLogin } from "../../broker/roles/login.ts";
import { column, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
const logins = {
  producer: useLogin(db, "parley_producer"),
  worker: useLogin(db, "parley_worker"),
  operator: useLogin(db, "parley_operator"),
  analyst: useLogin(db, "parley_analyst"),
};
const sessions = {} as Record<keyof typeof logins, Client>;
const TABLES = ["tickets", "ticket_messages", "ticket_changes"];
const DENIED = { code: "42501" };

beforeAll(async () => {
  await createTwoAccounts(db.pool);
  for (const [role, login] of Object.entries(logins) as [keyof typeof logins, (typeof logins)["producer"]][])
    sessions[role] = await login.connect();
  await db.pool.query("insert into stats.analysts (role_name, account_id) values ($1, 2)", [
    new URL(logins.analyst.url).username,
  ]);
  for (const account of [1, 2]) {
    const id = await value<number>(db.pool, "select chat.open_ticket($1, 'x')", [account]);
    await db.pool.query("select chat.append_ticket_message($1, 'text')", [id]);
  }
});

it("a producer calls every function, and reads", async () => {
  const { producer } = sessions;
  const id = await value<number>(producer, "select chat.open_ticket(1, 'x', dialog_id => 1)");
  for (const call of [
    "append_ticket_message($1, 'Hi')",
    "assign_ticket($1, 1)",
    "unassign_ticket($1)",
    "set_ticket_status($1, 'solved')",
    "set_ticket_priority($1, 'high')",
    "link_ticket($1, external_id => 'E')",
  ])
    await producer.query(`select chat.${call}`, [id]);
  for (const table of TABLES) await producer.query(`select * from chat.${table}`);
});

it("nobody writes rows, whose functions keep them true", async () => {
  for (const session of Object.values(sessions)) {
    for (const statement of [
      "insert into chat.tickets (account_id, number, subject, created_at, updated_at) values (1, 9, 'x', now(), now())",
      "update chat.tickets set subject = 'y'",
      "delete from chat.tickets",
      "insert into chat.ticket_messages (account_id, ticket_id, author, content, created_at) values (1, 1, 'system', 'x', now())",
      "update chat.ticket_messages set content = 'y'",
      "delete from chat.ticket_changes",
      "update chat.ticket_numbers set last_number = 0",
      "select chat._insert_ticket(t) from chat.tickets t",
    ])
      await expect(session.query(statement), statement).rejects.toMatchObject(DENIED);
  }
});

it("a worker files what events tell, and reads and moves nothing", async () => {
  const { worker } = sessions;
  await worker.query(
    `select * from chat.file_in_ticket(1, 1, 'event:1', 'x', 'text', '[]', 'system', null, null, 'either', true, true)`,
  );
  for (const statement of ["select from chat.tickets", "select chat.open_ticket(1, 'x')"])
    await expect(worker.query(statement)).rejects.toMatchObject(DENIED);
});

it("nobody else files", async () => {
  for (const role of ["producer", "operator", "analyst"] as const) {
    const file = sessions[role].query(
      `select * from chat.file_in_ticket(1, 1, 'event:1', 'x', 'text', '[]', 'system', null, null, 'either', true, true)`,
    );
    await expect(file).rejects.toMatchObject(DENIED);
  }
});

it("operators read the tickets of every account", async () => {
  for (const table of TABLES)
    expect(
      await column(sessions.operator, `select distinct account_id from chat.${table} order by 1`),
    ).toEqual([1, 2]);
});

it("an analyst reads the tickets of one account, in schema chat and in schema api", async () => {
  const { analyst } = sessions;
  const own = await column(db.pool, "select id from chat.tickets where account_id = 2");
  for (const schema of ["chat", "api"]) {
    expect(await column(analyst, `select id from ${schema}.tickets`)).toEqual(own);
    for (const table of ["ticket_messages", "ticket_changes"])
      expect(await column(analyst, `select distinct ticket_id from ${schema}.${table}`)).toEqual(own);
  }
});

it("an analyst learns no dialog of another account's chat", async () => {
  await db.pool.query(
    `insert into chat.chats (dialog_id, account_id, event_id, put_at, chat_guid, agent_ids, started_at, ended_at)
     select dialog_id, account_id, id, now(), 'chat of ' || account_id, '{}', now(), now() from chat.conversations`,
  );
  const dialogOf = (chat: string) => value(sessions.analyst, "select api._dialog_of_chat($1)", [chat]);
  expect([await dialogOf("chat of 2"), await dialogOf("chat of 1")]).toEqual([2, null]);
  await expect(sessions.analyst.query("select chat.dialog_of_chat(1, 'chat of 1')")).rejects.toMatchObject(
    DENIED,
  );
});
