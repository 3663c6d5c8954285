import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { type Document, example } from "../deliver.ts";
import { AGENT, at, chat, message, transfer, useChats, VISITOR } from "./use-chats.ts";

const db = useDatabase();
const { store, eventsOf } = useChats(db);

describe("the events of a chat", () => {
  const answered = { Messages: [message("09:01:00", VISITOR), message("09:02:00", AGENT)] };

  it.each<[string, Document, string[]]>([
    [
      "with an agent",
      { RequestTime: at("08:59:00"), ...answered },
      ["08:59:00 open", "09:00:00 assigned 21", "09:02:00.000001 first_response 21", "09:10:00 resolved 21"],
    ],
    [
      "that an agent takes at once: the status is told first, a microsecond apart",
      {},
      ["09:00:00 open 21", "09:00:00.000001 assigned 21", "09:10:00 resolved 21"],
    ],
    ["that nobody took", { AgentIds: [] }, ["09:00:00 open", "09:10:00 resolved"]],
    ["with a bot", { ChatType: 1, AgentIds: [] }, ["09:00:00 pending", "09:10:00 resolved"]],
    [
      "that a bot hands over at its start",
      { ChatType: 2, RequestTime: at("08:59:00"), ...answered },
      [
        "08:59:00 pending",
        "09:00:00 open 21",
        "09:00:00.000001 assigned 21",
        "09:02:00.000001 first_response 21",
        "09:10:00 resolved 21",
      ],
    ],
    [
      "that a bot begins: the agent's first message tells when it was handed over",
      { ChatType: 2, ...answered },
      [
        "09:00:00 pending",
        "09:01:59.999998 open 21",
        "09:01:59.999999 assigned 21",
        "09:02:00.000001 first_response 21",
        "09:10:00 resolved 21",
      ],
    ],
    [
      "whose agent greets at its start: it opens, is assigned and greets, as it would live",
      { Messages: [message("09:00:00", AGENT)] },
      [
        "08:59:59.999998 open 21",
        "08:59:59.999999 assigned 21",
        "09:00:00.000001 first_response 21",
        "09:10:00 resolved 21",
      ],
    ],
    [
      "whose agent greets at its start, taking it from a bot",
      { ChatType: 2, Messages: [message("09:00:00", AGENT)] },
      [
        "08:59:59.999997 pending",
        "08:59:59.999998 open 21",
        "08:59:59.999999 assigned 21",
        "09:00:00.000001 first_response 21",
        "09:10:00 resolved 21",
      ],
    ],
    [
      "whose last word is its end",
      { Messages: [message("09:10:00", AGENT)] },
      [
        "09:00:00 open 21",
        "09:00:00.000001 assigned 21",
        "09:10:00.000001 first_response 21",
        "09:10:00.000002 resolved 21",
      ],
    ],
    [
      "that a bot hands over to nobody",
      { ChatType: 2, AgentIds: [] },
      ["09:00:00 pending", "09:10:00 resolved"],
    ],
    [
      "that is transferred, once in vain and once to a department",
      {
        TransferLogs: [
          transfer("09:04:00", 23),
          transfer("09:03:00", 22),
          transfer("09:05:00", 24, { IfSuccess: false }),
          transfer("09:06:00", 5, { TransferType: 1 }),
        ],
      },
      [
        "09:00:00 open 21",
        "09:00:00.000001 assigned 21",
        "09:03:00 assigned 22",
        "09:04:00 assigned 23",
        "09:10:00 resolved 23",
      ],
    ],
    [
      "that its agent refused",
      { MissedChatStatus: 1, Messages: [message("09:01:00", VISITOR)] },
      ["09:00:00 open", "09:10:00 resolved"],
    ],
    [
      "that counts as missed although an agent wrote",
      { MissedChatStatus: 2, ...answered },
      [
        "09:00:00 open 21",
        "09:00:00.000001 assigned 21",
        "09:02:00.000001 first_response 21",
        "09:10:00 resolved 21",
      ],
    ],
    [
      "whose clocks disagree: what happened is kept within the chat",
      { TransferLogs: [transfer("08:00:00", 22), transfer("10:00:00", 23)] },
      [
        "09:00:00 open 22",
        "09:00:00.000001 assigned 21",
        "09:00:00.000002 assigned 22",
        "09:10:00 assigned 23",
        "09:10:00.000001 resolved 23",
      ],
    ],
  ])("%s", async (_what, changes, lines) => {
    const dialog = await store(chat(changes));
    expect(await eventsOf(dialog.id)).toEqual(lines);
    const [end] = lines.slice(-1);
    const { rows } = await db.pool.query(
      `select e.name, e.created_at = $2 as "endsDialog", e.value from chat.events e
       where e.dialog_id = $1 order by e.created_at desc limit 1`,
      [dialog.id, dialog.updated_at],
    );
    expect(end).toContain("resolved");
    expect(rows[0]).toMatchObject({ name: "conversation_resolved" });
  });

  it("count whole seconds from the beginning of the conversation", async () => {
    const { id } = await store(chat({ RequestTime: at("08:59:30.5"), ...answered }));
    const { rows } = await db.pool.query(
      "select value from chat.events where dialog_id = $1 order by created_at",
      [id],
    );
    expect(rows.map(({ value }) => value)).toEqual([0, 29, 149, 629]);
  });
});

it("the example's events tell its story", async () => {
  const document = example("chat.ended");
  await store(document);
  const { rows } = await db.pool.query("select dialog_id from chat.chats where chat_guid = $1", [
    document.ChatId,
  ]);
  expect(await eventsOf(rows[0].dialog_id)).toEqual([
    "09:14:01 pending",
    "09:14:32.517 open 21",
    "09:14:32.517001 assigned 21",
    "09:15:20.770001 first_response 21",
    "09:18:45.99 assigned 22",
    "09:27:41.048 resolved 22",
  ]);
});
