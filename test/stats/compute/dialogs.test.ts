import type { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
const [ANN, BOB] = [1, 2];
const OPEN = 0;
const PENDING = 2;

let client: Client;
let conversation: number;

beforeAll(async () => {
  await createFirstAccount(db.pool);
  client = await db.connect();
});

/** Sets the clock to a time of 2 March 2026, UTC. */
const at = (clock: string) =>
  client.query("select set_config('parley.now', $1, false)", [`2026-03-02 ${clock}Z`]);

async function opened(clock: string, status: number, changes = ""): Promise<void> {
  await at(clock);
  const { rows } = await client.query(
    `insert into chat.conversations (account_id, inbox_id, contact_id, status${changes && `, ${changes.split("=")[0]}`})
     values (1, 1, 1, $1${changes && `, ${changes.split("=")[1]}`}) returning id::int`,
    [status],
  );
  conversation = rows[0].id;
}

async function changed(clock: string, changes: string): Promise<void> {
  await at(clock);
  await client.query(`update chat.conversations set ${changes} where id = $1`, [conversation]);
}

async function said(clock: string, columns: Record<string, unknown>): Promise<void> {
  await at(clock);
  const all = { conversation_id: conversation, content: "…", ...columns };
  const names = Object.keys(all);
  await client.query(
    `insert into chat.messages (${names}) values (${names.map((_, i) => `$${i + 1}`)})`,
    Object.values(all),
  );
}
const byCustomer = (clock: string) => said(clock, { message_type: 0, sender_type: "Contact", sender_id: 1 });
const byAgent = (clock: string, sender_id: number | null, more = {}) =>
  said(clock, { message_type: 1, sender_type: "User", sender_id, ...more });
const byBot = (clock: string) => said(clock, { message_type: 1, sender_type: "AgentBot" });

/** Each array of facts of the conversation's dialogs, with only these columns; times of the day as HH:MM:SS. */
async function facts(table: string, columns: string): Promise<Record<string, unknown>[]> {
  const { rows } = await client.query(
    `select to_jsonb(r) as row from (
       select ${columns} from unnest((stats.compute(array(select id from chat.dialogs where conversation_id = $1))).${table}) f
       order by f.dialog_id, 1) r`,
    [conversation],
  );
  return rows.map(({ row }) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === "string" ? value.replace(/^2026-03-02T(.{8})(\.0+\d)?\+00:00$/, "$1") : value,
      ]),
    ),
  );
}
const dialogs = (columns: string) => facts("dialogs", columns);
const dialog = async (columns: string) => (await dialogs(columns))[0];
const turns = () => facts("turns", "n, waiting_since, replied_at, agent_id, reply_ms");
const ownerships = (columns = "n, agent_id, previous_agent_id, began_at, ended_at, handle_ms") =>
  facts("ownerships", columns);
const counts = async () =>
  (await facts("message_counts", "metric, slot, agent_id, n")).map(({ metric, slot, agent_id, n }) => [
    metric,
    slot,
    agent_id,
    n,
  ]);

beforeEach(async () => {
  await client.query("set timezone = 'UTC'");
});

describe("a transfer", () => {
  beforeEach(async () => {
    await opened("09:00:00", OPEN);
    await byCustomer("09:00:10");
    await changed("09:01:00", `assignee_id = ${ANN}`);
    await byCustomer("09:02:00");
    await changed("09:03:00", `assignee_id = ${BOB}`);
    await byAgent("09:04:00", BOB);
    await changed("09:10:00", "status = 1");
  });

  it("ends one ownership and begins another", async () => {
    expect(await ownerships()).toEqual([
      {
        n: 1,
        agent_id: ANN,
        previous_agent_id: null,
        began_at: "09:01:00",
        ended_at: "09:03:00",
        handle_ms: 120_000,
      },
      {
        n: 2,
        agent_id: BOB,
        previous_agent_id: ANN,
        began_at: "09:03:00",
        ended_at: "09:10:00",
        handle_ms: 420_000,
      },
    ]);
  });

  it("in mid-turn leaves the reply to who wrote it, with the whole time that the customer waited", async () => {
    expect(await turns()).toEqual([
      { n: 1, waiting_since: "09:00:10", replied_at: "09:04:00", agent_id: BOB, reply_ms: 230_000 },
    ]);
  });

  it("makes no first contact resolution", async () => {
    expect(
      await dialog(
        "agents, transfers, handle_ms, first_assignee_id, assignee_id, is_first_contact_resolution",
      ),
    ).toEqual({
      agents: 2,
      transfers: 1,
      handle_ms: 540_000,
      first_assignee_id: ANN,
      assignee_id: BOB,
      is_first_contact_resolution: false,
    });
  });
});

describe("assignments", () => {
  it("to the one who has it are none, and to nobody end an ownership without a transfer", async () => {
    await opened("09:00:00", OPEN);
    await changed("09:01:00", `assignee_id = ${ANN}`);
    await changed("09:02:00", `assignee_id = ${ANN}, team_id = 1`);
    await changed("09:03:00", "assignee_id = null");
    await changed("09:05:00", `assignee_id = ${BOB}`);
    expect(await ownerships()).toEqual([
      {
        n: 1,
        agent_id: ANN,
        previous_agent_id: null,
        began_at: "09:01:00",
        ended_at: "09:03:00",
        handle_ms: 120_000,
      },
      { n: 2, agent_id: BOB, previous_agent_id: null, began_at: "09:05:00", ended_at: null, handle_ms: 0 },
    ]);
    expect(await dialog("agents, transfers")).toEqual({ agents: 2, transfers: 0 });
  });

  it("before the dialog is open make nobody wait in the queue", async () => {
    await opened("09:00:00", PENDING);
    await changed("09:01:00", `assignee_id = ${ANN}`);
    await changed("09:05:00", "status = 0");
    expect(await dialog("first_open_at, first_assigned_at, queue_wait_business_ms, bot_ms")).toEqual({
      first_open_at: "09:05:00",
      first_assigned_at: "09:01:00",
      queue_wait_business_ms: 0,
      bot_ms: 300_000,
    });
  });

  it("of a conversation that was created resolved begin with its dialog", async () => {
    await opened("09:00:00", 1, `assignee_id=${ANN}`);
    await byCustomer("09:30:00");
    await changed("10:00:00", "status = 0");
    expect(await ownerships("n, agent_id, began_at")).toEqual([
      { n: 1, agent_id: ANN, began_at: "10:00:00" },
    ]);
    expect(await dialog("started_at, first_assigned_at, first_customer_message_at, waiting_since")).toEqual({
      started_at: "10:00:00",
      first_assigned_at: "10:00:00",
      first_customer_message_at: "09:30:00",
      waiting_since: "09:30:00",
    });
  });

  it("after the resolution change nothing", async () => {
    await opened("09:00:00", OPEN, `assignee_id=${ANN}`);
    await changed("09:05:00", "status = 1");
    await changed("09:06:00", `assignee_id = ${BOB}`);
    expect(await ownerships("agent_id, ended_at")).toEqual([{ agent_id: ANN, ended_at: "09:05:00" }]);
    expect(await dialog("assignee_id, agents, transfers, is_first_contact_resolution")).toEqual({
      assignee_id: ANN,
      agents: 1,
      transfers: 0,
      is_first_contact_resolution: true,
    });
  });

  it("end when the agent is deleted, whose numbers stay", async () => {
    await opened("09:00:00", OPEN, "assignee_id=3");
    await at("09:02:00");
    await client.query("update chat.users set deleted_at = broker.now() where account_id = 1 and id = 3");
    expect(await ownerships("agent_id, ended_at, handle_ms")).toEqual([
      { agent_id: 3, ended_at: "09:02:00", handle_ms: 120_000 },
    ]);
  });
});

describe("snoozed time", () => {
  it("is neither open nor handled", async () => {
    await opened("09:00:00", OPEN, `assignee_id=${ANN}`);
    await changed("09:10:00", "status = 3");
    await changed("10:10:00", "status = 0");
    await changed("10:15:00", "status = 1");
    expect(await dialog("open_ms, snoozed_ms, bot_ms, handle_ms")).toEqual({
      open_ms: 900_000,
      snoozed_ms: 3_600_000,
      bot_ms: 0,
      handle_ms: 900_000,
    });
    expect(await ownerships("handled::text")).toEqual([
      {
        handled:
          '{["2026-03-02 09:00:00+00","2026-03-02 09:10:00+00"),["2026-03-02 10:10:00+00","2026-03-02 10:15:00+00")}',
      },
    ]);
  });
});

describe("a dialog that is reopened", () => {
  it("in the instant of its resolution is another one, a microsecond later", async () => {
    await opened("09:00:00", OPEN, `assignee_id=${ANN}`);
    await changed("09:05:00", "status = 1");
    await changed("09:05:00", "status = 0");
    expect(
      await dialogs(
        "resolved_at, reopened_at, previous_resolved_at, is_reopened, is_first_contact_resolution, open_ms",
      ),
    ).toMatchObject([
      { resolved_at: "09:05:00", is_reopened: true, is_first_contact_resolution: false, open_ms: 300_000 },
      { resolved_at: null, previous_resolved_at: "09:05:00", is_reopened: false, open_ms: 0 },
    ]);
  });

  it("has its assignee from the start, though nobody was assigned", async () => {
    await opened("09:00:00", OPEN, `assignee_id=${ANN}`);
    await changed("09:05:00", "status = 1");
    await changed("09:30:00", "status = 0");
    expect(await ownerships("agent_id, previous_agent_id, began_at")).toEqual([
      { agent_id: ANN, previous_agent_id: null, began_at: expect.stringContaining("09:00:00") },
      { agent_id: ANN, previous_agent_id: null, began_at: "09:30:00" },
    ]);
  });
});

describe("the bot", () => {
  it("is no person: what it says answers nobody", async () => {
    await opened("09:00:00", PENDING);
    await byCustomer("09:00:10");
    await byBot("09:00:11");
    await changed("09:02:00", "status = 0");
    await byAgent("09:03:00", ANN);
    expect(await turns()).toEqual([
      { n: 1, waiting_since: "09:00:10", replied_at: "09:03:00", agent_id: ANN, reply_ms: 170_000 },
    ]);
    expect(
      await dialog("bot_ms, bot_messages, first_response_business_ms, first_response_human_business_ms"),
    ).toEqual({
      bot_ms: 120_000,
      bot_messages: 1,
      first_response_business_ms: 180_000,
      first_response_human_business_ms: 60_000,
    });
  });

  it("contains a dialog that it resolves without a person's reply", async () => {
    await opened("09:00:00", PENDING);
    await byCustomer("09:00:10");
    await byBot("09:00:11");
    await changed("09:01:00", "status = 1");
    expect(await dialog("is_bot_contained, is_abandoned, is_dropped, first_open_at")).toEqual({
      is_bot_contained: true,
      is_abandoned: false,
      is_dropped: true,
      first_open_at: null,
    });
  });
});

describe("no reply of a person", () => {
  it.each([
    ["a private note", { private: true }],
    ["a message of a campaign", { additional_attributes: '{"campaign_id": 7}' }],
    ["a message of a rule", { content_attributes: '{"automation_rule_id": 7}' }],
    ["a template", { message_type: 3, sender_type: null }],
    ["an activity", { message_type: 2, sender_type: null }],
  ])("is %s", async (_, message) => {
    await opened("09:00:00", OPEN, `assignee_id=${ANN}`);
    await byCustomer("09:00:10");
    await byAgent("09:01:00", "sender_type" in message ? null : ANN, message);
    await changed("09:01:05", "status = 1");
    expect(await dialog("first_reply_at, replies, is_abandoned, is_dropped, turns")).toEqual({
      first_reply_at: null,
      replies: 0,
      is_abandoned: true,
      is_dropped: true,
      turns: 1,
    });
  });
});

it("a customer who gives up at once has abandoned shortly", async () => {
  await opened("09:00:00", OPEN);
  await byCustomer("09:00:01");
  await changed("09:00:09", "status = 1");
  expect(await dialog("is_abandoned, is_short_abandoned")).toEqual({
    is_abandoned: true,
    is_short_abandoned: true,
  });
});

it("a dialog that an agent begins has no customer's message", async () => {
  await opened("09:00:00", OPEN, `assignee_id=${ANN}`);
  await byAgent("09:00:30", ANN);
  await changed("09:01:00", "status = 1");
  expect(
    await dialog("first_customer_message_at, first_reply_at, first_replier_id, turns, is_abandoned"),
  ).toEqual({
    first_customer_message_at: null,
    first_reply_at: "09:00:30",
    first_replier_id: ANN,
    turns: 0,
    is_abandoned: false,
  });
});

describe("what is said after the resolution", () => {
  it("is counted, and changes nothing else", async () => {
    await opened("09:00:00", OPEN, `assignee_id=${ANN}`);
    await byCustomer("09:00:10");
    await changed("09:05:00", "status = 1");
    await byAgent("09:06:00", ANN);
    expect(await dialog("first_reply_at, replies, is_abandoned, is_dropped, customer_waiting_ms")).toEqual({
      first_reply_at: null,
      replies: 0,
      is_abandoned: true,
      is_dropped: true,
      customer_waiting_ms: 290_000,
    });
    expect(await counts()).toContainEqual(["replies_sent", "09:00:00", ANN, 1]);
  });
});

it("a late message is counted in its time", async () => {
  await opened("09:00:00", OPEN, `assignee_id=${ANN}`);
  await byCustomer("09:01:00");
  await byAgent("09:20:00", ANN);
  await at("12:00:00");
  await byAgent("12:00:00", ANN, { created_at: "2026-03-02 09:03:00Z" });
  expect(await turns()).toEqual([
    { n: 1, waiting_since: "09:01:00", replied_at: "09:03:00", agent_id: ANN, reply_ms: 120_000 },
  ]);
  expect(await dialog("first_reply_at, replies")).toEqual({ first_reply_at: "09:03:00", replies: 2 });
});

it("messages are counted for who had the dialog, replies and notes for who wrote them", async () => {
  await opened("09:00:00", OPEN, `assignee_id=${ANN}`);
  await byCustomer("09:00:10");
  await byAgent("09:01:00", BOB);
  await byAgent("09:16:00", null);
  await byAgent("09:17:00", BOB, { private: true });
  await byBot("09:18:00");
  await client.query("select chat.mention_user($1, $2)", [conversation, BOB]);
  expect((await counts()).sort()).toEqual([
    ["mentions", "09:15:00", BOB, 1],
    ["messages_received", "09:00:00", ANN, 1],
    ["messages_sent", "09:00:00", ANN, 1],
    ["messages_sent", "09:15:00", ANN, 2],
    ["notes", "09:15:00", BOB, 1],
    ["replies_sent", "09:00:00", BOB, 1],
    ["replies_sent", "09:15:00", ANN, 1],
  ]);
});

it("a dialog that is gone has no facts, but is named", async () => {
  const { rows } = await client.query("select (stats.compute('{4711}')).*");
  expect(rows).toEqual([
    { stale: [4711], dialogs: "{}", turns: "{}", ownerships: "{}", message_counts: "{}", goes_on: [] },
  ]);
});
