import type { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTwoAccounts } from "../../api/two-accounts.ts";
import { column, rows, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
let sql: Client;
let id: number;

beforeAll(async () => {
  sql = await db.connect();
  await createTwoAccounts(sql);
});

beforeEach(async () => {
  await sql.query("set parley.now = '2026-03-02T09:00:00Z'");
  id = await value(sql, "select chat.open_ticket(1, 'Late parcel', contact_id => 1)");
});

const ticket = async (of = id) =>
  (await rows(sql, "select * from chat.tickets where id = $1", [of]))[0] as Record<string, unknown>;
const setStatus = (status: string) => value(sql, "select chat.set_ticket_status($1, $2)", [id, status]);
const at = (time: string) => sql.query("select set_config('parley.now', $1, false)", [`2026-03-02T${time}Z`]);
const append = (rest = "", ...values: unknown[]) =>
  value<number>(sql, `select chat.append_ticket_message($1, 'Hello'${rest})`, [id, ...values]);
const messages = () => rows(sql, "select * from chat.ticket_messages where ticket_id = $1 order by id", [id]);

describe("open_ticket", () => {
  it("opens a ticket, numbered within its account", async () => {
    const next = await value<number>(sql, "select chat.open_ticket(1, 'Another')");
    const [first, second] = [await ticket(), await ticket(next)];
    expect(first).toMatchObject({
      account_id: 1,
      subject: "Late parcel",
      status: "open",
      priority: "normal",
      assignee_id: null,
      contact_id: 1,
      solved_at: null,
      created_at: new Date("2026-03-02T09:00:00Z"),
    });
    expect(second.number).toBe(Number(first.number) + 1);
    const other = await value<number>(sql, "select chat.open_ticket(2, 'Of another account')");
    expect(await ticket(other)).toMatchObject({ account_id: 2, number: 1 });
  });

  it("gives the ticket with that external_id as it is, if there is one", async () => {
    const open = (subject: string) =>
      value<number>(sql, "select chat.open_ticket(1, $1, external_id => 'T-1', priority => 'urgent')", [
        subject,
      ]);
    const first = await open("First");
    await sql.query("select chat.set_ticket_status($1, 'solved')", [first]);
    expect(await open("Second")).toBe(first);
    expect(await ticket(first)).toMatchObject({ subject: "First", status: "solved", priority: "urgent" });
    // Another account's is another ticket.
    expect(await value(sql, "select chat.open_ticket(2, 'x', external_id => 'T-1')")).not.toBe(first);
  });

  it("takes the contact of the dialog that it names", async () => {
    const of = await value<number>(
      sql,
      "select chat.open_ticket(1, 'x', dialog_id => (select dialog_id from chat.conversations where id = 1))",
    );
    expect(await ticket(of)).toMatchObject({ contact_id: 1, dialog_id: 1, chat_guid: null });
  });

  it.each([
    ["an unknown account", "99, 'x'", "23503"],
    ["an unknown contact", "1, 'x', contact_id => 99", "23503"],
    ["a contact of another account", "1, 'x', contact_id => 2", "23503"],
    ["an agent of another account", "1, 'x', assignee_id => 4", "23503"],
    ["a dialog of another account", "1, 'x', dialog_id => 2", "PA082"],
    ["a dialog that does not exist", "1, 'x', dialog_id => 99", "PA082"],
    ["a dialog and another chat", "1, 'x', dialog_id => 1, chat_guid => 'g'", "PA084"],
    ["an empty subject", "1, ''", "23514"],
    ["no subject", "1, null", "23502"],
  ])("refuses %s", async (_what, args, code) => {
    await expect(sql.query(`select chat.open_ticket(${args})`)).rejects.toMatchObject({ code });
  });

  it("leaves no gap when it fails", async () => {
    await sql.query("select chat.open_ticket(1, 'x', contact_id => 99)").catch(() => {});
    const next = await value<number>(sql, "select chat.open_ticket(1, 'x')");
    expect((await ticket(next)).number).toBe(Number((await ticket()).number) + 1);
  });
});

describe("append_ticket_message", () => {
  it("adds what the contact, an agent or the system writes", async () => {
    await append();
    await append(", 'agent', agent_id => 2, private => true");
    await append(", 'system', attachments => $2", '[{"name": "a.txt"}]');
    expect(await messages()).toMatchObject([
      { author: "contact", contact_id: 1, agent_id: null, private: false, content: "Hello", attachments: [] },
      { author: "agent", contact_id: null, agent_id: 2, private: true },
      { author: "system", contact_id: null, agent_id: null, attachments: [{ name: "a.txt" }] },
    ]);
  });

  it("adds a message once for a source_id", async () => {
    const first = await append(", source_id => 'once'");
    expect(await append(", source_id => 'once'")).toBe(first);
    expect(await messages()).toHaveLength(1);
    const other = await value<number>(sql, "select chat.open_ticket(1, 'x')");
    const elsewhere = sql.query("select chat.append_ticket_message($1, 'x', source_id => 'once')", [other]);
    await expect(elsewhere).rejects.toMatchObject({ code: "23505" });
  });

  it("opens a ticket that is not open if the contact writes, whatever its status", async () => {
    for (const status of ["pending", "solved", "closed"]) {
      await setStatus(status);
      await append();
      expect(await ticket()).toMatchObject({ status: "open", solved_at: null });
    }
  });

  it("leaves the status alone if an agent writes, or if it is told to", async () => {
    await setStatus("pending");
    await append(", 'agent', agent_id => 1");
    await append(", reopen => false");
    expect(await ticket()).toMatchObject({ status: "pending" });
    await append(", 'agent', agent_id => 1, reopen => true");
    expect(await ticket()).toMatchObject({ status: "open" });
  });

  it("moves updated_at", async () => {
    await at("09:07:00");
    await append();
    expect((await ticket()).updated_at).toEqual(new Date("2026-03-02T09:07:00Z"));
  });

  it.each([
    ["an agent without name", ", 'agent'"],
    ["an agent's id of a contact", ", 'contact', agent_id => 1"],
    ["a note of a contact", ", private => true"],
    ["attachments that are no list", ", attachments => '{}'"],
  ])("refuses %s", async (_what, rest) => {
    await expect(append(rest)).rejects.toMatchObject({ code: "23514" });
  });

  it("refuses nothing at all", async () => {
    for (const content of ["", null]) {
      const empty = sql.query("select chat.append_ticket_message($1, $2)", [id, content]);
      await expect(empty).rejects.toMatchObject({ code: "23514" });
    }
    await sql.query("select chat.append_ticket_message($1, null, attachments => '[{}]')", [id]);
  });

  it("refuses to write in a closed ticket without reopening it", async () => {
    await setStatus("closed");
    await expect(append(", 'agent', agent_id => 1")).rejects.toMatchObject({ code: "PA081" });
    await expect(append(", reopen => false")).rejects.toMatchObject({ code: "PA081" });
  });
});

describe("assign_ticket and unassign_ticket", () => {
  const assign = (...ids: (number | null)[]) =>
    value(sql, `select chat.assign_ticket($1${ids.map((_, n) => `, $${n + 2}`).join("")})`, [id, ...ids]);

  it("give a ticket to an agent and a team, and take it away; the team keeps it", async () => {
    expect(await assign(1)).toBe(true);
    expect(await assign(1)).toBe(false);
    expect(await assign(1, 2)).toBe(true);
    expect(await ticket()).toMatchObject({ assignee_id: 1, team_id: 2 });
    expect(await value(sql, "select chat.unassign_ticket($1)", [id])).toBe(true);
    expect(await value(sql, "select chat.unassign_ticket($1)", [id])).toBe(false);
    expect(await ticket()).toMatchObject({ assignee_id: null, team_id: 2 });
  });

  it("refuse agents and teams that have been deleted, or are another account's", async () => {
    await sql.query("begin; update chat.users set deleted_at = now() where account_id = 1 and id = 3");
    await expect(assign(3)).rejects.toMatchObject({ code: "PA032" });
    await sql.query(
      "rollback; begin; update chat.teams set deleted_at = now() where account_id = 1 and id = 2",
    );
    await expect(assign(1, 2)).rejects.toMatchObject({ code: "PA032" });
    await sql.query("rollback");
    await expect(assign(4)).rejects.toMatchObject({ code: "23503" });
  });

  it("refuse a closed ticket", async () => {
    await setStatus("closed");
    await expect(assign(1)).rejects.toMatchObject({ code: "PA081" });
  });
});

describe("set_ticket_status", () => {
  it("solves, closes, reopens and lets wait; solved_at is the first of the end", async () => {
    await at("09:01:00");
    expect(await setStatus("pending")).toBe(true);
    expect(await setStatus("pending")).toBe(false);
    await at("09:02:00");
    await setStatus("solved");
    await at("09:03:00");
    await setStatus("closed");
    expect(await ticket()).toMatchObject({
      status: "closed",
      solved_at: new Date("2026-03-02T09:02:00Z"),
      updated_at: new Date("2026-03-02T09:03:00Z"),
    });
    await setStatus("open");
    expect(await ticket()).toMatchObject({ status: "open", solved_at: null });
  });

  it("leads from closed to open only", async () => {
    await setStatus("closed");
    for (const status of ["pending", "solved"])
      await expect(setStatus(status)).rejects.toMatchObject({ code: "PA081" });
  });

  it("never lets updated_at run backwards, whatever the clock does", async () => {
    await at("08:00:00");
    await setStatus("solved");
    expect(await ticket()).toMatchObject({
      updated_at: new Date("2026-03-02T09:00:00Z"),
      solved_at: new Date("2026-03-02T09:00:00Z"),
    });
  });
});

it("set_ticket_priority says how urgent a ticket is", async () => {
  const set = (priority: string) => value(sql, "select chat.set_ticket_priority($1, $2)", [id, priority]);
  expect([await set("high"), await set("high")]).toEqual([true, false]);
  expect(await ticket()).toMatchObject({ priority: "high" });
  await setStatus("closed");
  await expect(set("low")).rejects.toMatchObject({ code: "PA081" });
});

describe("link_ticket", () => {
  const link = (args: string) => value(sql, `select chat.link_ticket($1, ${args})`, [id]);

  it("names the dialog, a chat that is not stored yet, and what another system calls it", async () => {
    expect(await link("dialog_id => 1, external_id => 'Z-1'")).toBe(true);
    expect(await ticket()).toMatchObject({ dialog_id: 1, external_id: "Z-1" });
    expect(await link("dialog_id => 1")).toBe(false);
    expect(await link("chat_guid => 'later'")).toBe(true);
    expect(await ticket()).toMatchObject({ dialog_id: null, chat_guid: "later", external_id: "Z-1" });
    expect(await link("external_id => null")).toBe(false);
  });

  it("refuses a dialog of another account and an external_id in use", async () => {
    await expect(link("dialog_id => 2")).rejects.toMatchObject({ code: "PA082" });
    await sql.query("select chat.open_ticket(1, 'x', external_id => 'taken')");
    await expect(link("external_id => 'taken'")).rejects.toMatchObject({ code: "23505" });
  });

  it("takes a dialog together with its own chat, and refuses it with another", async () => {
    await sql.query(`insert into chat.chats (dialog_id, account_id, event_id, put_at, chat_guid, agent_ids, started_at, ended_at)
       values (1, 1, 1, now(), 'mine', '{}', now(), now())`);
    expect(await link("dialog_id => 1, chat_guid => 'mine'")).toBe(true);
    expect(await ticket()).toMatchObject({ dialog_id: null, chat_guid: "mine" });
    await expect(link("dialog_id => 1, chat_guid => 'other'")).rejects.toMatchObject({
      code: "PA084",
      message: "dialog 1 is not that of chat other",
    });
  });
});

it("functions tell what is no ticket from its number", async () => {
  for (const call of [
    "append_ticket_message(99, 'x')",
    "assign_ticket(99, 1)",
    "unassign_ticket(99)",
    "set_ticket_status(99, 'open')",
    "set_ticket_priority(99, 'low')",
    "link_ticket(99)",
    "unassign_ticket(null)",
  ]) {
    await expect(sql.query(`select chat.${call}`)).rejects.toMatchObject({ code: "PA080" });
  }
});

it("the history has a row when the ticket was opened and one for each change", async () => {
  await at("09:01:00");
  await sql.query("select chat.assign_ticket($1, 1, 2)", [id]);
  await append();
  await at("09:02:00");
  await setStatus("solved");
  await sql.query(
    "update chat.tickets set priority = 'high', updated_at = '2026-03-02T09:05Z' where id = $1",
    [id],
  );
  expect(
    await rows(
      sql,
      `select status, priority, assignee_id, team_id, to_char(created_at at time zone 'UTC', 'HH24:MI') as at
       from chat.ticket_changes where ticket_id = $1 order by id`,
      [id],
    ),
  ).toEqual([
    { status: "open", priority: "normal", assignee_id: null, team_id: null, at: "09:00" },
    { status: "open", priority: "normal", assignee_id: 1, team_id: 2, at: "09:01" },
    { status: "solved", priority: "normal", assignee_id: 1, team_id: 2, at: "09:02" },
    { status: "solved", priority: "high", assignee_id: 1, team_id: 2, at: "09:05" },
  ]);
});

describe("an agent who is deleted", () => {
  it("loses unsolved tickets, and solved ones when they are reopened", async () => {
    const solved = await value<number>(sql, "select chat.open_ticket(1, 'x', assignee_id => 3)");
    await sql.query("select chat.set_ticket_status($1, 'solved')", [solved]);
    await sql.query("select chat.assign_ticket($1, 3)", [id]);
    await sql.query("update chat.users set deleted_at = now() where account_id = 1 and id = 3");
    expect(await ticket()).toMatchObject({ assignee_id: null });
    expect(await ticket(solved)).toMatchObject({ assignee_id: 3 });
    await sql.query("select chat.set_ticket_status($1, 'open')", [solved]);
    expect(await ticket(solved)).toMatchObject({ assignee_id: null });
    await sql.query("update chat.users set deleted_at = null where account_id = 1 and id = 3");
  });
});

describe("a contact who is forgotten", () => {
  it("takes along tickets, messages elsewhere, and what came of its dialogs", async () => {
    await sql.query("begin");
    await append();
    const other = await value<number>(sql, "select chat.open_ticket(1, 'of nobody')");
    await sql.query(
      `insert into chat.ticket_messages (account_id, ticket_id, author, contact_id, content, created_at)
       values (1, $1, 'system', 1, 'a transcript', now()), (1, $1, 'system', null, 'a remark', now())`,
      [other],
    );
    const ofDialog = await value<number>(sql, "select chat.open_ticket(1, 'x')");
    await sql.query("select chat.link_ticket($1, dialog_id => 1)", [ofDialog]);
    await sql.query("select chat.forget_contact(1, 1)");
    expect(
      await column(sql, "select id from chat.tickets where id = any ($1)", [[id, other, ofDialog]]),
    ).toEqual([other]);
    expect(
      await column(sql, "select content from chat.ticket_messages where ticket_id = any ($1)", [[id, other]]),
    ).toEqual(["a remark"]);
    await sql.query("rollback");
  });
});

it("no row that contradicts itself can be written", async () => {
  for (const change of [
    "status = 'solved'",
    "solved_at = now()",
    "status = 'solved', solved_at = created_at - interval '1 second'",
    "updated_at = created_at - interval '1 second'",
    "number = 0",
    "account_id = 2",
  ]) {
    const update = sql.query(`update chat.tickets set ${change} where id = $1`, [id]);
    await expect(update, change).rejects.toMatchObject({ code: expect.stringMatching(/^235(14|03)$/) });
  }
});
