// A statement that changes a conversation, and calls a function or fires a trigger that changes it once more: the inner
// change is followed first, so ids of events are not in the order of their times. All else has to hold.
import type { Client } from "pg";
import { afterEach, beforeAll, expect, it } from "vitest";
import { rows, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { createFirstAccount } from "../first-account.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";

const db = useDatabase();
let session: Client;

beforeAll(async () => {
  session = await db.connect();
  await createFirstAccount(session);
});

afterEach(async () => {
  const broken = await brokenInvariants(session);
  expect(broken.filter(({ rule }) => rule !== "triggers log events in their order")).toEqual([]);
});

const create = () =>
  value<number>(session, "insert into chat.conversations (account_id, inbox_id) values (1, 1) returning id");

it.each([
  ["assigned", "chat.assign_conversation(id, 2)", { status: 0, assignee: 2 }],
  ["resolved", "chat.resolve_conversation(id)", { status: 1, assignee: null }],
])("a conversation is created, and %s by a function that the statement calls", async (_how, call, dialog) => {
  const id = await value(
    session,
    `with made as (insert into chat.conversations (account_id, inbox_id) values (1, 1) returning id)
     select id from made where ${call}`,
  );
  expect(await dialogs(id)).toEqual([dialog]);
});

it.each([
  ["assigned", "chat.assign_conversation(id, 2)", [{ status: 2, assignee: 2 }]],
  ["resolved", "chat.resolve_conversation(id)", [{ status: 1, assignee: null }]],
])(
  "a conversation is changed, and %s by a function that the statement calls",
  async (_how, call, expected) => {
    const id = await create();
    await session.query(
      `with changed as (update chat.conversations set status = 2 where id = $1 returning id)
     select id from changed where ${call}`,
      [id],
    );
    expect(await dialogs(id)).toEqual(expected);
  },
);

it("a conversation is assigned by somebody else's trigger when it is created", async () => {
  await session.query(`
    create function public.assign() returns trigger language plpgsql as
      $$ begin update chat.conversations set assignee_id = 3 where id = new.id; return null; end $$;
    create trigger assign after insert on chat.conversations for each row execute function public.assign()`);
  const id = await create();
  await session.query("drop function public.assign() cascade");
  expect(await dialogs(id)).toEqual([{ status: 0, assignee: 3 }]);
});

it("two dialogs of one statement are refused", async () => {
  const twice = session.query(
    `with made as (insert into chat.conversations (account_id, inbox_id) values (1, 1) returning id)
     select chat.resolve_conversation(id), chat.reopen_conversation(id) from made`,
  );
  await expect(twice).rejects.toMatchObject({ code: "PA039" });
});

const dialogs = (id: unknown) =>
  rows(
    session,
    "select status, assignee_id::int as assignee from chat.dialogs where conversation_id = $1 order by id",
    [id],
  );
