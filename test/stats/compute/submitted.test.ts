import type { Client, Pool } from "pg";
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { deliver, example } from "../../consumers/deliver.ts";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";

const db = useDatabase();
let lastEventId = 0;

async function put(name: string, changes: object, client: Pool | Client = db.pool): Promise<void> {
  lastEventId += 1;
  await deliver(client, { id: lastEventId, name, data: { ...example(name), SiteId: 1, ...changes } });
}
const chat = (ChatId: string, botKnows?: number) =>
  put("chat.ended", {
    ChatId,
    BotActions: botKnows === undefined ? [] : [{ Guid: "a", ChatId: botKnows, Time: "2026-03-02T09:14:36Z" }],
  });
const rating = (ChatId: number, ChatGuid: string | null, RatingGrade: number, client?: Client) =>
  put("chat.rating.submitted", { ChatId, ChatGuid, RatingGrade }, client);
/** A session whose transaction ends with the test at the latest: the next one would wait for it. */
async function late(): Promise<Client> {
  const session = await db.connect();
  onTestFinished(async () => void (await session.query("rollback")));
  await session.query("begin");
  return session;
}
const wrapup = (ChatId: number) => put("chat.wrapup.submitted", { ChatId });

/** Rating and agent of the wrap-up of the only dialog, as readers see it after a flush: what was not noted as stale is missing. */
async function counted(): Promise<unknown> {
  await db.pool.query("select stats.flush()");
  const { rows } = await db.pool.query(
    "select rating, is_satisfied, wrapup_agent_id is not null as is_wrapped_up from stats.dialogs",
  );
  expect((await db.pool.query("select * from stats.verify()")).rows).toEqual([]);
  return rows;
}
const with4 = { rating: 4, is_satisfied: true, is_wrapped_up: false };
const nothing = { rating: null, is_satisfied: null, is_wrapped_up: false };

beforeAll(() => chat("once"));
beforeEach(() =>
  db.pool.query(
    "delete from chat.conversations; truncate chat.ratings, chat.wrapups cascade; delete from chat.chat_numbers",
  ),
);

describe("a rating counts for its dialog", () => {
  it("when it comes after the chat", async () => {
    await chat("guid-1");
    expect(await counted()).toEqual([nothing]);
    await rating(1, "guid-1", 4);
    expect(await counted()).toEqual([with4]);
  });

  it("when it comes before the chat", async () => {
    await rating(2, "guid-2", 4);
    await counted();
    await chat("guid-2");
    expect(await counted()).toEqual([with4]);
  });

  it("when it comes by number before its number is known to be the chat's", async () => {
    await chat("guid-3");
    await rating(3, null, 4);
    expect(await counted()).toEqual([nothing]);
    await db.pool.query(
      "insert into chat.chat_numbers (account_id, chat_number, chat_guid) values (1, 3, 'guid-3')",
    );
    expect(await counted()).toEqual([with4]);
  });

  it("when it is committed after the chat has been summed, which it has not seen", async () => {
    const session = await late();
    await rating(8, "guid-8", 4, session);
    await chat("guid-8");
    expect(await counted()).toEqual([nothing]);
    await session.query("commit");
    expect(await counted()).toEqual([with4]);
  });

  it("when its number is committed after the chat has been summed, which has not seen it", async () => {
    const session = await late();
    await rating(9, null, 4, session);
    await session.query(
      "insert into chat.chat_numbers (account_id, chat_number, chat_guid) values (1, 9, 'guid-9')",
    );
    await chat("guid-9");
    expect(await counted()).toEqual([nothing]);
    await session.query("commit");
    expect(await counted()).toEqual([with4]);
  });

  it("for readers before it is summed", async () => {
    await chat("guid-10");
    await counted();
    await rating(10, "guid-10", 4);
    const reader = await db.connect();
    await reader.query("set parley.account_id = '1'");
    expect((await reader.query("select rating from api.dialogs")).rows).toEqual([{ rating: 4 }]);
    expect((await reader.query("select * from stats.verify()")).rows).toEqual([]);
  });

  it("until it is deleted, the last one of several", async () => {
    await chat("guid-4");
    await rating(4, "guid-4", 4);
    await rating(4, "guid-4", 1);
    expect(await counted()).toEqual([{ ...with4, rating: 1, is_satisfied: false }]);
    await db.pool.query("delete from chat.ratings where rating_grade = 1");
    expect(await counted()).toEqual([with4]);
  });

  it.each(["summed before", "known only later"])(
    "that it names by number, once the chat of its guid, %s, is gone",
    async (when) => {
      if (when === "summed before") await chat("guid-7");
      await chat("7");
      await rating(7, "guid-7", 4);
      await counted();
      if (when === "known only later") await chat("guid-7");
      expect(await counted()).toEqual(expect.arrayContaining([nothing, with4]));
      await db.pool.query(
        "delete from chat.conversations c using chat.chats h join chat.dialogs d on d.id = h.dialog_id where h.chat_guid = 'guid-7' and c.id = d.conversation_id",
      );
      expect(await counted()).toEqual([with4]);
    },
  );

  it("which it names by id once its account puts events", async () => {
    await db.pool.query(
      `insert into chat.inboxes (account_id, id, name) values (1, 100, 'Site') on conflict do nothing;
       insert into chat.conversations (account_id, inbox_id) values (1, 100)`,
    );
    const { rows } = await db.pool.query("select id::int from chat.dialogs");
    await rating(rows[0].id, null, 4);
    expect(await counted()).toEqual([nothing]);
    await db.pool.query("update chat.accounts set puts_chat_events = true");
    expect(await counted()).toEqual([with4]);
    await db.pool.query("update chat.accounts set puts_chat_events = false");
    expect(await counted()).toEqual([nothing]);
  });

  it("which it names by id, though its account begins to put events at the same time", async () => {
    await db.pool.query(
      `insert into chat.inboxes (account_id, id, name) values (1, 100, 'Site') on conflict do nothing;
       insert into chat.conversations (account_id, inbox_id) values (1, 100)`,
    );
    const { rows } = await db.pool.query("select id::int from chat.dialogs");
    expect(await counted()).toEqual([nothing]);
    const account = await late();
    await account.query("update chat.accounts set puts_chat_events = true");
    const rated = rating(rows[0].id, null, 4);
    await until("the rating waits", async () => {
      const { rowCount } = await db.pool.query(
        "select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0",
      );
      return rowCount === 1;
    });
    await db.pool.query("select stats.flush()");
    await account.query("commit");
    await rated;
    expect(await counted()).toEqual([with4]);
    await db.pool.query("update chat.accounts set puts_chat_events = false");
  });

  it("until its chat, or that it has the number, is forgotten by TRUNCATE", async () => {
    await chat("guid-11");
    await rating(11, null, 4);
    await db.pool.query(
      "insert into chat.chat_numbers (account_id, chat_number, chat_guid) values (1, 11, 'guid-11')",
    );
    expect(await counted()).toEqual([with4]);
    await db.pool.query("truncate chat.chat_numbers");
    expect(await counted()).toEqual([nothing]);
    await rating(11, "guid-11", 4);
    expect(await counted()).toEqual([with4]);
    await db.pool.query("truncate chat.chats cascade");
    expect(await counted()).toEqual([nothing]);
  });
});

it("a wrap-up counts when it comes before the chat that has its number, and when it comes after", async () => {
  await wrapup(5);
  await chat("guid-5", 5);
  expect(await counted()).toEqual([{ ...nothing, is_wrapped_up: true }]);
  await db.pool.query("truncate chat.wrapups cascade");
  expect(await counted()).toEqual([nothing]);
  await wrapup(5);
  expect(await counted()).toEqual([{ ...nothing, is_wrapped_up: true }]);
});

it("a chat that is stored anew, by another contact and at another time, leaves no trace of what it was", async () => {
  await chat("guid-6");
  await counted();
  await put("chat.ended", {
    ChatId: "guid-6",
    Start: "2026-06-01T09:00:00Z",
    End: "2026-06-01T09:30:00Z",
    Messages: [],
    TransferLogs: [],
    Visitor: { Id: "4711" },
  });
  await counted();
  const { rows } = await db.pool.query("select distinct starts_at::date::text as day from stats.sums");
  expect(rows.every(({ day }) => day === "2026-06-01")).toBe(true);
});

it("a statement notes each chat once, whatever it submits", async () => {
  const noted = async (sql: string) => {
    await db.pool.query("truncate stats.submitted");
    await db.pool.query(sql);
    const { rows } = await db.pool.query(
      "select coalesce(chat_guid, chat_number::text) as chat from stats.submitted order by chat_guid, chat_number",
    );
    return rows.map(({ chat }) => chat);
  };
  expect(
    await noted(
      `insert into chat.ratings (event_id, put_at, account_id, chat_number, rating_grade)
       values (9001, now(), 1, 7, 4), (9002, now(), 1, 7, 5), (9003, now(), 1, 8, 5)`,
    ),
  ).toEqual(["7", "8"]);
  expect(await noted("update chat.ratings set rating_grade = 1 where chat_number in (7, 8)")).toEqual([
    "7",
    "8",
  ]);
  expect(await noted("update chat.ratings set chat_number = 9 where chat_number = 7")).toEqual(["7", "9"]);
  expect(await noted("delete from chat.ratings where chat_number in (8, 9)")).toEqual(["8", "9"]);
  expect(await noted("delete from chat.ratings where chat_number = 8")).toEqual([]);
});
