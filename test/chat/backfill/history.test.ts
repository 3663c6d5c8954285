import type { Client } from "pg";
import { afterEach, beforeAll, expect, it } from "vitest";
import { rows, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { createFirstAccount } from "../first-account.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";

const db = useDatabase();
const DAY = "2020-01-01";
let session: Client;

beforeAll(async () => {
  session = await db.connect();
  await createFirstAccount(session);
});

afterEach(async () => {
  await session.query("reset parley.now");
  expect(await brokenInvariants(session)).toEqual([]);
});

type Move = { at: string; status?: number; assignee?: number | null; says?: string; mentions?: number };

/** A conversation of a day, with all that seed 003 tells of: two dialogs, three assignments, answers and a mention. */
const MOVES: Move[] = [
  { at: "09:00:00", says: "hello" },
  { at: "09:01:00", assignee: 1 },
  { at: "09:02:00", says: "what can I do for you" },
  { at: "09:03:00", status: 1, assignee: null },
  { at: "09:04:00", says: "thanks" },
  { at: "10:00:00", status: 0, assignee: 2 },
  { at: "10:01:00", mentions: 3 },
  { at: "10:02:00", says: "I am back" },
  { at: "10:03:00", status: 1 },
];

/** Does the moves one by one. `live`: as they happen; else afterwards, with the times they had. */
async function carryOut(moves: Move[], { live }: { live: boolean }): Promise<number> {
  const happensAt = async (at: string) => {
    if (live) await session.query("select set_config('parley.now', $1, false)", [`${DAY} ${at}Z`]);
    return live ? null : `${DAY} ${at}Z`;
  };
  const id = await value<number>(
    session,
    "insert into chat.conversations (account_id, inbox_id, created_at) values (1, 1, $1) returning id",
    [await happensAt("08:59:00")],
  );
  for (const { at, says, mentions, ...change } of moves) {
    const given = await happensAt(at);
    if (says)
      await session.query(
        `insert into chat.messages (conversation_id, content, message_type, sender_type, created_at)
         values ($1, $2, 1, 'User', $3)`,
        [id, says, given],
      );
    else if (mentions)
      await session.query(
        "insert into chat.mentions (conversation_id, user_id, mentioned_at) values ($1, $2, $3)",
        [id, mentions, given],
      );
    else
      await session.query(
        `update chat.conversations set status = coalesce($2, status),
           assignee_id = case when $3 then $4 else assignee_id end, updated_at = coalesce($5, updated_at)
         where id = $1`,
        [id, change.status, "assignee" in change, change.assignee, given],
      );
  }
  return id;
}

const DIALOG =
  "(select count(*)::int from chat.dialogs d where d.conversation_id = $1 and d.id <= r.dialog_id) as dialog";

const stored = async (id: number) => ({
  events: await rows(
    session,
    `select name, value, user_id, ${DIALOG}, created_at::text from chat.events r where conversation_id = $1 order by r.id`,
    [id],
  ),
  messages: await rows(
    session,
    `select content, ${DIALOG}, additional_attributes, created_at::text from chat.messages r
     where conversation_id = $1 order by r.created_at`,
    [id],
  ),
  mentions: await rows(
    session,
    `select user_id, ${DIALOG}, mentioned_at::text from chat.mentions r where conversation_id = $1`,
    [id],
  ),
  dialogs: await rows(
    session,
    `select status, assignee_id, created_at::text, updated_at::text from chat.dialogs
     where conversation_id = $1 order by id`,
    [id],
  ),
  conversation: await rows(
    session,
    "select status, assignee_id, created_at::text, updated_at::text from chat.conversations where id = $1",
    [id],
  ),
});

it("history in its order, with its times, becomes what it would have been live", async () => {
  const live = await stored(await carryOut(MOVES, { live: true }));
  await session.query("reset parley.now");
  expect(await stored(await carryOut(MOVES, { live: false }))).toEqual(live);
});

it("messages and mentions that come after the moves of their conversation become the same", async () => {
  const live = await stored(await carryOut(MOVES, { live: true }));
  await session.query("reset parley.now");
  const isSaid = ({ says, mentions }: Move) => says !== undefined || mentions !== undefined;
  const late = await stored(
    await carryOut([...MOVES.filter((move) => !isSaid(move)), ...MOVES.filter(isSaid).reverse()], {
      live: false,
    }),
  );
  const inOrderOfTime = ({ events, ...rest }: typeof live) => ({
    ...rest,
    events: events.toSorted((a, b) => String(a.created_at).localeCompare(String(b.created_at))),
  });
  expect(inOrderOfTime(late)).toEqual(inOrderOfTime(live));
});

it("a message that is older than its conversation belongs to its first dialog and to nobody", async () => {
  const id = await carryOut([{ at: "09:00:00", assignee: 1 }], { live: false });
  expect(
    await rows(
      session,
      `insert into chat.messages as r (conversation_id, content, message_type, created_at)
       values ($1, 'history', 0, '2019-01-01Z') returning ${DIALOG}, additional_attributes, created_at`,
      [id],
    ),
  ).toEqual([
    { dialog: 1, additional_attributes: { user_id_assigned: null }, created_at: new Date("2019-01-01Z") },
  ]);
});

it("a message that is given another time has the dialog of that time", async () => {
  const id = await carryOut(MOVES, { live: false });
  const dialogOf = (content: string) =>
    value(session, "select dialog_id from chat.messages where conversation_id = $1 and content = $2", [
      id,
      content,
    ]);
  const [first, second] = [await dialogOf("hello"), await dialogOf("I am back")];
  expect(first).not.toEqual(second);
  await session.query(
    "update chat.messages set created_at = '2020-01-01 09:02:30Z' where conversation_id = $1 and content = 'I am back'",
    [id],
  );
  expect(await dialogOf("I am back")).toEqual(first);
});
