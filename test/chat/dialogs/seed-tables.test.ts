// The printed tables of the source document 003, row for row, from the actions that cause them. What it prints as
// `value` contradicts itself (decision 12), so that column has a test of its own.
import type { Client } from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
let client: Client;

beforeEach(async () => {
  client = await db.connect();
  await client.query("truncate chat.accounts cascade");
  await client.query(`
    insert into chat.accounts (id, name) values (1, 'NovaTalks');
    insert into chat.inboxes (account_id, id, name) values (1, 1, 'Telegram');
    insert into chat.users (account_id, id, name) values (1, 1, 'First'), (1, 2, 'Second'), (1, 3, 'Presales Admin'), (1, 11, 'A'), (1, 15, 'B'), (1, 17, 'C');
    insert into chat.teams (account_id, id, name) values (1, 5, 'Support');
    insert into chat.contacts (account_id, id, name) values (1, 8, 'Client');`);
});

/** The ids that the next rows get, as printed. */
async function number(table: string, id: number): Promise<void> {
  await client.query("select setval(pg_get_serial_sequence($1, 'id'), $2, false)", [table, id]);
}

/** Does these statements, each when its time has come. */
async function act(...actions: [time: string, statement: string][]): Promise<void> {
  for (const [time, statement] of actions) {
    await client.query("select set_config('parley.now', $1, false)", [`${time}+00`]);
    await client.query(statement);
  }
}

async function rows(query: string): Promise<unknown[][]> {
  return (await client.query({ text: query, rowMode: "array" })).rows;
}

/** A time as the document prints it. */
const printed = (column: string) =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.') || rtrim(to_char(${column} at time zone 'UTC', 'US'), '0')`;

const set = (change: string, id = 14) => `update chat.conversations set ${change} where id = ${id}`;
const answer = `insert into chat.messages (conversation_id, message_type, sender_type, sender_id, content)
  values (14, 1, 'User', 1, 'Hello')`;

describe("part 1: conversation_pending and conversation_open", () => {
  beforeEach(async () => {
    await act(
      [
        "2021-12-21 14:01:17.238795",
        "insert into chat.conversations (id, account_id, inbox_id, status) values (14, 1, 1, 2)",
      ],
      ["2021-12-21 14:01:19.238795", set("status = 0")],
      // The answer; first_response is logged a microsecond behind it.
      ["2021-12-21 14:02:19.238794", answer],
      ["2021-12-21 14:02:30", set("assignee_id = 1")],
      ["2021-12-21 14:03:36.943296", set("status = 1")],
      ["2021-12-21 14:03:37", set("assignee_id = null")],
      ["2021-12-21 14:03:49.943296", set("status = 2")],
      ["2021-12-21 14:03:50.943296", set("status = 0")],
      ["2021-12-21 14:04:00", set("assignee_id = 1")],
      ["2021-12-21 14:04:37.468712", set("status = 1")],
      ["2021-12-21 14:04:38", set("assignee_id = null")],
      ["2021-12-21 14:04:38.468712", set("status = 2")],
      ["2021-12-21 14:04:39.468712", set("status = 0")],
      ["2021-12-21 14:04:40", set("assignee_id = 1")],
      ["2021-12-21 14:04:47.316342", set("status = 1")],
    );
  });

  it("events 37 to 46 (assignments, which part 2 adds, left out)", async () => {
    expect(
      await rows(`
        select 36 + row_number() over (order by id)::int, name, account_id::int, inbox_id::int, user_id::int,
          conversation_id::int, ${printed("created_at")}, updated_at = created_at
        from chat.events where name <> 'conversation_assigned' order by id`),
    ).toEqual([
      [37, "conversation_pending", 1, 1, null, 14, "2021-12-21 14:01:17.238795", true],
      [38, "conversation_open", 1, 1, null, 14, "2021-12-21 14:01:19.238795", true],
      [39, "first_response", 1, 1, null, 14, "2021-12-21 14:02:19.238795", true],
      [40, "conversation_resolved", 1, 1, 1, 14, "2021-12-21 14:03:36.943296", true],
      [41, "conversation_pending", 1, 1, null, 14, "2021-12-21 14:03:49.943296", true],
      [42, "conversation_open", 1, 1, null, 14, "2021-12-21 14:03:50.943296", true],
      [43, "conversation_resolved", 1, 1, 1, 14, "2021-12-21 14:04:37.468712", true],
      [44, "conversation_pending", 1, 1, null, 14, "2021-12-21 14:04:38.468712", true],
      [45, "conversation_open", 1, 1, null, 14, "2021-12-21 14:04:39.468712", true],
      [46, "conversation_resolved", 1, 1, 1, 14, "2021-12-21 14:04:47.316342", true],
    ]);
  });

  it("value is the whole seconds since the conversation was created", async () => {
    expect(
      await rows("select name, value from chat.events where name <> 'conversation_assigned' order by id"),
    ).toEqual([
      ["conversation_pending", 0],
      ["conversation_open", 2],
      ["first_response", 62],
      ["conversation_resolved", 139],
      ["conversation_pending", 152],
      ["conversation_open", 153],
      ["conversation_resolved", 200],
      ["conversation_pending", 201],
      ["conversation_open", 202],
      ["conversation_resolved", 210],
    ]);
  });
});

it("part 2: conversation_assigned, events 38 to 42", async () => {
  await number("chat.events", 36);
  await act(
    [
      "2021-12-21 14:01:17.238795",
      "insert into chat.conversations (id, account_id, inbox_id, status) values (14, 1, 1, 2)",
    ],
    ["2021-12-21 14:01:19.238795", set("status = 0")],
    ["2021-12-21 14:02:19.238794", answer],
    ["2021-12-21 14:02:20.238795", set("assignee_id = 1")],
    ["2021-12-21 14:02:21.238795", set("assignee_id = 2")],
    ["2021-12-21 14:03:30.238795", set("assignee_id = null")],
    ["2021-12-21 14:03:36.943296", set("status = 1")],
  );
  expect(
    await rows(`
      select id::int, name, account_id::int, inbox_id::int, user_id::int, conversation_id::int, ${printed("created_at")}
      from chat.events where id >= 38 order by id`),
  ).toEqual([
    [38, "first_response", 1, 1, null, 14, "2021-12-21 14:02:19.238795"],
    [39, "conversation_assigned", 1, 1, 1, 14, "2021-12-21 14:02:20.238795"],
    [40, "conversation_assigned", 1, 1, 2, 14, "2021-12-21 14:02:21.238795"],
    [41, "conversation_assigned", 1, 1, null, 14, "2021-12-21 14:03:30.238795"],
    [42, "conversation_resolved", 1, 1, null, 14, "2021-12-21 14:03:36.943296"],
  ]);
});

describe("part 3: dialog_id", () => {
  it("events 38 to 41: three dialogs of one conversation", async () => {
    await number("chat.dialogs", 1);
    await act(
      ["2021-12-21 14:02:00", "insert into chat.conversations (id, account_id, inbox_id) values (14, 1, 1)"],
      ["2021-12-21 14:02:19.238794", answer],
      ["2021-12-21 14:02:30", set("assignee_id = 1")],
      ["2021-12-21 14:03:36.943296", set("status = 1")],
      ["2021-12-21 14:03:50", set("status = 0")],
      ["2021-12-21 14:04:37.468712", set("status = 1")],
      ["2021-12-21 14:04:39", set("status = 2")],
      ["2021-12-21 14:04:47.316342", set("status = 1")],
    );
    expect(
      await rows(`
        select 37 + row_number() over (order by id)::int, name, account_id::int, inbox_id::int, user_id::int,
          conversation_id::int, dialog_id::int, ${printed("created_at")}
        from chat.events where name in ('first_response', 'conversation_resolved') order by id`),
    ).toEqual([
      [38, "first_response", 1, 1, null, 14, 1, "2021-12-21 14:02:19.238795"],
      [39, "conversation_resolved", 1, 1, 1, 14, 1, "2021-12-21 14:03:36.943296"],
      [40, "conversation_resolved", 1, 1, 1, 14, 2, "2021-12-21 14:04:37.468712"],
      [41, "conversation_resolved", 1, 1, 1, 14, 3, "2021-12-21 14:04:47.316342"],
    ]);
  });

  it("mentions 1 to 5", async () => {
    const conversation = async (id: number, dialog: number, time: string) => {
      await number("chat.dialogs", dialog);
      await act([time, `insert into chat.conversations (id, account_id, inbox_id) values (${id}, 1, 1)`]);
    };
    const mention = (user: number, conversation: number, mentionedAt: string) =>
      `insert into chat.mentions (user_id, conversation_id, mentioned_at)
       values (${user}, ${conversation}, '${mentionedAt}+00')`;
    await number("chat.mentions", 1);
    await conversation(121, 15, "2022-03-23 13:00:00");
    await act(["2022-03-23 13:01:58.645265", mention(17, 121, "2022-03-23 13:01:58.631574")]);
    await conversation(117, 18, "2022-03-25 14:00:00");
    await act(["2022-03-25 14:23:44.283923", mention(11, 117, "2022-03-25 14:23:44.26567")]);
    await conversation(127, 20, "2022-03-25 14:25:00");
    await act(["2022-03-25 14:26:11.151674", mention(11, 127, "2022-03-25 14:26:11.146527")]);
    await conversation(128, 29, "2022-03-29 11:00:00");
    await act(
      ["2022-03-29 11:30:02.958278", mention(15, 128, "2022-03-29 11:30:02.95")],
      // Mentioned again: Chatwoot moves the date.
      [
        "2022-03-29 11:30:24.646714",
        "update chat.mentions set mentioned_at = '2022-03-29 11:30:24.643344+00' where conversation_id = 128",
      ],
    );
    await conversation(150, 45, "2022-05-31 09:00:00");
    await act(["2022-05-31 09:11:13.457137", mention(11, 150, "2022-05-31 09:11:13.451296")]);
    expect(
      await rows(`
        select id::int, user_id::int, conversation_id::int, dialog_id::int, account_id::int,
          ${printed("mentioned_at")}, ${printed("created_at")}, ${printed("updated_at")}
        from chat.mentions order by id`),
    ).toEqual([
      [
        1,
        17,
        121,
        15,
        1,
        "2022-03-23 13:01:58.631574",
        "2022-03-23 13:01:58.645265",
        "2022-03-23 13:01:58.645265",
      ],
      [
        2,
        11,
        117,
        18,
        1,
        "2022-03-25 14:23:44.26567",
        "2022-03-25 14:23:44.283923",
        "2022-03-25 14:23:44.283923",
      ],
      [
        3,
        11,
        127,
        20,
        1,
        "2022-03-25 14:26:11.146527",
        "2022-03-25 14:26:11.151674",
        "2022-03-25 14:26:11.151674",
      ],
      [
        4,
        15,
        128,
        29,
        1,
        "2022-03-29 11:30:24.643344",
        "2022-03-29 11:30:02.958278",
        "2022-03-29 11:30:24.646714",
      ],
      [
        5,
        11,
        150,
        45,
        1,
        "2022-05-31 09:11:13.451296",
        "2022-05-31 09:11:13.457137",
        "2022-05-31 09:11:13.457137",
      ],
    ]);
  });

  it("the row of dialogs", async () => {
    await number("chat.dialogs", 5);
    await act(
      [
        "2022-06-07 19:20:44.796645",
        "insert into chat.conversations (id, account_id, inbox_id, contact_id) values (14, 1, 1, 8)",
      ],
      ["2022-06-07 19:20:50", set("assignee_id = 1, team_id = 5")],
      ["2022-06-07 19:21:33.300868", set("status = 1")],
      // What comes later changes the conversation only.
      ["2022-06-07 19:22:00", set("assignee_id = null, team_id = null")],
    );
    expect(
      await rows(`
        select id::int, account_id::int, inbox_id::int, status, assignee_id::int, ${printed("created_at")},
          ${printed("updated_at")}, contact_id::int, team_id::int
        from chat.dialogs`),
    ).toEqual([[5, 1, 1, 1, 1, "2022-06-07 19:20:44.796645", "2022-06-07 19:21:33.300868", 8, 5]]);
  });
});

describe("parts 3 and 4: messages 55 to 69", () => {
  const message = (type: number, content: string) =>
    `insert into chat.messages (conversation_id, message_type, content) values (150, ${type}, '${content}')`;
  const incoming = (content: string) => message(0, content);
  const outgoing = (content: string) => message(1, content);
  const activity = (content: string) => message(2, content);

  beforeEach(async () => {
    await number("chat.dialogs", 10);
    await number("chat.messages", 55);
    await act(
      [
        "2022-05-26 00:00:00",
        "insert into chat.conversations (id, account_id, inbox_id, status) values (150, 1, 1, 1)",
      ],
      // The contact writes into a resolved conversation: it is reopened, then the message is added.
      [
        "2022-05-27 13:19:40.56211",
        "select chat.append_message(150, 'привіт', sender_type => 'Contact', reopen => true)",
      ],
      ["2022-05-27 13:19:40.664271", outgoing("Hello. Thank you for contacting us!")],
      ["2022-05-27 13:19:40.680704", activity("Розмову знову відкрито")],
      ["2022-05-27 13:20:35.454528", incoming("agent 1")],
      ["2022-05-27 13:20:35.5", set("assignee_id = 3", 150)],
      ["2022-05-27 13:20:35.55088", activity("Presales Admin")],
      ["2022-05-27 13:20:35.602503", outgoing("You have been connected to the operator")],
      ["2022-05-27 13:32:05.9", set("status = 1", 150)],
      ["2022-05-27 13:32:05.94316", activity("Розмова вирішена")],
      ["2022-05-27 13:32:05.976011", outgoing("Conversation closed. Have a nice day!")],
      ["2022-05-27 13:32:06", set("assignee_id = null", 150)],
      ["2022-05-27 13:32:06.047386", activity("Відповідальний знятий")],
      ["2022-05-27 13:32:06.10829", activity("support team")],
      ["2022-05-27 13:32:10.9", set("status = 0", 150)],
      ["2022-05-27 13:32:10.94169", activity("Розмову знову відкрито")],
      ["2022-05-27 13:32:27.3", set("status = 3", 150)],
      ["2022-05-27 13:32:27.353528", activity("Conversation was snoozed")],
      ["2022-05-27 13:32:54.2", set("status = 0", 150)],
      ["2022-05-27 13:32:54.251232", activity("Розмову знову відкрито")],
      ["2022-05-30 11:25:25.5", set("status = 1", 150)],
      ["2022-05-30 11:25:25.582046", activity("Розмова вирішена")],
      ["2022-05-30 11:25:25.589692", outgoing("Conversation closed. Have a nice day!")],
    );
  });

  it("dialog_id: 10 for 55 to 64, 11 for 65 to 69", async () => {
    const time = printed("created_at");
    expect(
      await rows(`
        select id::int, account_id::int, inbox_id::int, conversation_id::int, dialog_id::int, message_type, ${time}
        from chat.messages order by id`),
    ).toEqual([
      [55, 1, 1, 150, 10, 0, "2022-05-27 13:19:40.562111"],
      [56, 1, 1, 150, 10, 1, "2022-05-27 13:19:40.664271"],
      [57, 1, 1, 150, 10, 2, "2022-05-27 13:19:40.680704"],
      [58, 1, 1, 150, 10, 0, "2022-05-27 13:20:35.454528"],
      [59, 1, 1, 150, 10, 2, "2022-05-27 13:20:35.55088"],
      [60, 1, 1, 150, 10, 1, "2022-05-27 13:20:35.602503"],
      [61, 1, 1, 150, 10, 2, "2022-05-27 13:32:05.94316"],
      [62, 1, 1, 150, 10, 1, "2022-05-27 13:32:05.976011"],
      [63, 1, 1, 150, 10, 2, "2022-05-27 13:32:06.047386"],
      [64, 1, 1, 150, 10, 2, "2022-05-27 13:32:06.10829"],
      [65, 1, 1, 150, 11, 2, "2022-05-27 13:32:10.94169"],
      [66, 1, 1, 150, 11, 2, "2022-05-27 13:32:27.353528"],
      [67, 1, 1, 150, 11, 2, "2022-05-27 13:32:54.251232"],
      [68, 1, 1, 150, 11, 2, "2022-05-30 11:25:25.582046"],
      [69, 1, 1, 150, 11, 1, "2022-05-30 11:25:25.589692"],
    ]);
  });

  it("user_id_assigned: nobody for 55 to 58, agent 3 for 59 to 62, nobody for 63 and 64", async () => {
    const nobody = { user_id_assigned: null };
    const agent3 = { user_id_assigned: "3" };
    expect(
      await rows("select id::int, additional_attributes from chat.messages where id <= 64 order by id"),
    ).toEqual([
      [55, nobody],
      [56, nobody],
      [57, nobody],
      [58, nobody],
      [59, agent3],
      [60, agent3],
      [61, agent3],
      [62, agent3],
      [63, nobody],
      [64, nobody],
    ]);
  });

  it("the snooze is logged, and belongs to dialog 11", async () => {
    expect(await rows("select name from chat.events where dialog_id = 11 order by id")).toEqual([
      ["conversation_open"],
      ["conversation_snoozed"],
      ["conversation_open"],
      ["conversation_resolved"],
    ]);
  });
});
