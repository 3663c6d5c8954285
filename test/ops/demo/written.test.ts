import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { schemas } from "../../../src/consumers/persistence.ts";
import { asRole } from "../../../src/db/connect.ts";
import { deliver, refusal } from "../../consumers/deliver.ts";
import { useDatabase } from "../../setup/database.ts";
import { useCommands } from "../commands.ts";

const { db, parley, parleyJson } = useCommands();
const unmigrated = useDatabase({ empty: true });

const UNTIL = "2026-03-02T10:00:00Z";
const demo = (...args: string[]) => parleyJson("demo", "--conversations", "48", "--until", UNTIL, ...args);

async function count(query: string): Promise<number> {
  const { rows } = await db.pool.query(`select count(*)::int as n from ${query}`);
  return rows[0].n;
}

const TABLES = [
  "chat.accounts",
  "chat.inboxes",
  "chat.users",
  "chat.teams",
  "chat.contacts",
  "chat.conversations",
  "chat.dialogs",
  "chat.events",
  "chat.messages",
  "chat.mentions",
  "broker.events",
];
const countAll = async () =>
  Object.fromEntries(await Promise.all(TABLES.map(async (table) => [table, await count(table)])));

// biome-ignore lint/suspicious/noExplicitAny: what the command printed.
let summary: any;
beforeAll(async () => {
  summary = await demo();
});

describe("the summary", () => {
  it("counts what is in the tables", async () => {
    expect(summary).toMatchObject({ outcome: "written", seed: 1, account: { name: "Parley demo" } });
    expect(summary.inTables).toEqual({
      conversations: {
        total: 48,
        open: await count("chat.conversations where status = 0"),
        resolved: await count("chat.conversations where status = 1"),
        pending: await count("chat.conversations where status = 2"),
        snoozed: await count("chat.conversations where status = 3"),
      },
      dialogs: await count("chat.dialogs"),
      messages: await count("chat.messages"),
      events: await count("chat.events"),
      mentions: await count("chat.mentions"),
    });
  });

  it("counts what was put, but not what conversations put by themselves", async () => {
    const { rows } = await db.pool.query(
      `select jsonb_object_agg(name, n) as put
       from (select name, count(*) as n from broker.events where not data ? 'DialogId' group by name) e`,
    );
    expect(summary.put).toEqual(rows[0].put);
  });

  it("says the hour", () => {
    expect(summary).toMatchObject({ from: "2026-03-02T09:00:00.000Z", until: "2026-03-02T10:00:00.000Z" });
  });

  it("says where to look, with queries that work", async () => {
    const queries = summary.look.flatMap((command: string) => /-c "(.*)"/.exec(command)?.[1] ?? []);
    expect(queries).toHaveLength(5);
    for (const query of queries) await db.pool.query(query);
  });
});

describe("an hour", () => {
  it.each([
    ["conversations in every status", "(select distinct status from chat.conversations) s", 4],
    ["three inboxes", "(select distinct inbox_id from chat.conversations) i", 3],
    ["three teams", "(select distinct team_id from chat.dialogs where team_id is not null) t", 3],
    [
      "eight agents who answer",
      "(select distinct sender_id from chat.messages where sender_type = 'User') a",
      8,
    ],
  ])("has %s", async (_what, query, wanted) => {
    expect(await count(query)).toBe(wanted);
  });

  const LAG = `(select e.*, lag(e.user_id) over w as before from chat.events e
    where e.name = 'conversation_assigned' window w as (partition by e.dialog_id order by e.created_at)) e`;

  it.each([
    ["first with the bot", "chat.events e where name = 'conversation_pending' and value = 0"],
    ["reopened", "(select conversation_id from chat.dialogs group by 1 having count(*) > 1) d"],
    ["transferred from agent to agent", `${LAG} where e.before <> e.user_id`],
    [
      "put back into the queue, or into another team's",
      `${LAG} where e.before is not null and e.user_id is null`,
    ],
    [
      "snoozed, and woken",
      `chat.events s join chat.events o on o.dialog_id = s.dialog_id and o.created_at > s.created_at
       where s.name = 'conversation_snoozed' and o.name = 'conversation_open'`,
    ],
    ["to wake by themselves later", `chat.conversations where snoozed_until > '${UNTIL}'`],
    ["answered", "chat.events where name = 'first_response' and user_id is not null"],
    [
      "abandoned: resolved without an answer of an agent",
      `chat.dialogs d where status = 1 and not exists (
         select from chat.messages m where m.dialog_id = d.id and m.sender_type = 'User')`,
    ],
    ["waiting for an agent at the end", "chat.conversations where status = 0 and assignee_id is null"],
    ["with notes", "chat.messages where private and sender_type = 'User'"],
    ["with what the system says", "chat.messages where message_type = 2 and sender_type is null"],
    ["with mentions in notes", "chat.mentions n join chat.messages m on m.id = n.message_id where m.private"],
  ])("has conversations %s", async (_what, query) => {
    expect(await count(query)).toBeGreaterThan(0);
  });

  it.each([
    "agent.status.changed",
    "chat.rating.submitted",
    "chat.wrapup.submitted",
    "visitor.landed",
    "visitor.conversion.achieved",
    "autoInvitation.sent",
    "autoInvitation.accepted",
    "autoInvitation.refused",
    "offlineMessage.submitted",
    "ban.added",
    "cannedMessage.used",
    "agentChat.replied",
  ])("puts %s", (event) => {
    expect(summary.put[event]).toBeGreaterThan(0);
  });

  it("has ratings of resolved dialogs, which are the chats of the account, some with a comment", async () => {
    const ratings = "broker.events r where name = 'chat.rating.submitted' and data ? 'ChatId'";
    const rated = await count(
      `${ratings} and exists (select from chat.dialogs d where d.id = (r.data ->> 'ChatId')::bigint and d.status = 1)`,
    );
    expect(rated).toBe(await count(ratings));
    expect(await count(`${ratings} and data ->> 'ratingComment' <> ''`)).toBeGreaterThan(0);
  });

  it("has chats that only arrive as an event", async () => {
    expect(await count("broker.events where name = 'chat.ended' and not data ? 'DialogId'")).toBe(2);
  });

  it("has one website, for those as well", async () => {
    const { rows } = await db.pool.query(
      "select id, name, data from broker.events where name = 'chat.ended' and not data ? 'DialogId'",
    );
    const client = await db.connect();
    await client.query("begin");
    for (const event of rows) await deliver(client, event);
    const inboxes = await client.query(
      "select name from chat.inboxes i where exists (select from chat.conversations c where c.inbox_id = i.id) order by name",
    );
    await client.query("rollback");
    expect(inboxes.rows.map(({ name }) => name)).toEqual(["Telegram bot", "WeChat account", "Website"]);
  });

  it("happens in that hour, whatever the time is", async () => {
    for (const table of ["conversations", "dialogs", "events", "messages", "mentions"]) {
      expect(
        await count(
          `chat.${table} where not (created_at >= '2026-03-02T09:00:00Z' and created_at < '${UNTIL}')`,
        ),
      ).toBe(0);
    }
  });

  it("puts what persistence accepts", async () => {
    const { rows } = await db.pool.query("select name, data from broker.events");
    const refused = rows.flatMap(({ name, data }) => {
      const line = name in schemas ? refusal(name, data) : undefined;
      return line === undefined ? [] : [`${name}: ${line}`];
    });
    expect(refused).toEqual([]);
  });
});

describe("another run", () => {
  it("with the same seed changes nothing, and says so", async () => {
    const before = await countAll();
    const again = await parleyJson("demo", "--conversations", "48");
    expect(again).toEqual({ ...summary, outcome: "there already" });
    expect(await countAll()).toEqual(before);
    expect(await parley("demo", "--conversations", "48")).toMatch(/already: nothing was changed/);
  });

  it("with another seed adds another hour to the same account", async () => {
    const before = await countAll();
    const { account, inTables } = await demo("--seed", "2");
    const after = await countAll();
    expect(account).toEqual(summary.account);
    for (const table of ["accounts", "inboxes", "users", "teams"])
      expect(after[`chat.${table}`]).toBe(before[`chat.${table}`]);
    expect(after["chat.conversations"]).toBe(before["chat.conversations"] + 48);
    expect(after["chat.messages"]).toBe(before["chat.messages"] + inTables.messages);
  });
});

describe("wrong usage", () => {
  it.each([
    ["--seed", "abc"],
    ["--conversations", "0"],
    ["--conversations", "10001"],
    ["--conversations", "99999999999"],
    ["--until", "nonsense"],
    ["--until", "2999-01-01T00:00:00Z"],
  ])("%s %s is refused", async (...args) => {
    await expect(parley("demo", ...args)).rejects.toMatchObject({ code: "PA026" });
  });
});

describe("a producer", () => {
  beforeAll(() => void vi.stubEnv("DATABASE_URL", asRole(db.url, "parley_producer")));
  afterAll(() => void vi.stubEnv("DATABASE_URL", db.url));

  it("has all the rights that it takes", async () => {
    expect((await parleyJson("demo", "--conversations", "3", "--seed", "3")).outcome).toBe("written");
  });
});

it("a database without the schema is told from everything else that may be wrong", async () => {
  vi.stubEnv("DATABASE_URL", unmigrated.url);
  await expect(parley("demo")).rejects.toMatchObject({ code: "PA011" });
  vi.stubEnv("DATABASE_URL", db.url);
});
