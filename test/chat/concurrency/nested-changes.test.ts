// A statement that changes a conversation, and calls a function or fires a trigger that changes it once more: the inner
// change is followed first, so ids of events are not in the order of their times. All else has to hold.
import type { Client } from "pg";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { column, rows, value } from "../../broker/test-queue.ts";
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

describe.each([
  ["alone", 1],
  ["together with another", 2],
])("a conversation that is changed %s", (_how, count) => {
  /** While somebody else's trigger changes each conversation once more whose change is like that. */
  async function withTrigger(set: string, on: string, work: () => Promise<unknown>): Promise<void> {
    await session.query(`
      create function public.change_again() returns trigger language plpgsql as
        $$ begin update chat.conversations set ${set} where id = new.id; return null; end $$;
      create trigger change_again after update on chat.conversations
        for each row when (${on}) execute function public.change_again()`);
    try {
      await work();
    } finally {
      await session.query("drop function public.change_again() cascade");
    }
  }

  const createAll = () => Promise.all(Array.from({ length: count }, create));
  const setAll = (ids: number[], set: string) =>
    session.query(`update chat.conversations set ${set} where id = any($1)`, [ids]);
  const names = (id: number) =>
    column(
      session,
      "select name || coalesce(' ' || user_id, '') from chat.events where conversation_id = $1 order by created_at",
      [id],
    );

  it.each([
    [
      "assigned",
      "assignee_id = 2",
      [{ status: 2, assignee: 2 }],
      ["conversation_open", "conversation_pending", "conversation_assigned 2"],
    ],
    [
      "resolved",
      "status = 1",
      [{ status: 1, assignee: null }],
      ["conversation_open", "conversation_pending", "conversation_resolved"],
    ],
    [
      "given another attribute",
      "custom_attributes = '{\"vip\": true}'",
      [{ status: 2, assignee: null }],
      ["conversation_open", "conversation_pending"],
    ],
  ])("is %s by a trigger on its change", async (_what, set, expected, log) => {
    const ids = await createAll();
    await withTrigger(set, "new.status = 2 and old.status = 0", () => setAll(ids, "status = 2"));
    for (const id of ids) {
      expect(await dialogs(id)).toEqual(expected);
      expect(await names(id)).toEqual(log);
    }
  });

  it.each([
    ["assigned", "assignee_id = 2", { status: 0, assignee: 2 }],
    ["resolved again", "status = 1", { status: 1, assignee: 1 }],
  ])("is %s by a trigger on its reopening with an assignee", async (_what, set, second) => {
    const ids = await createAll();
    await setAll(ids, "status = 1");
    await withTrigger(set, "new.status = 0 and old.status = 1", () =>
      setAll(ids, "status = 0, assignee_id = 1"),
    );
    for (const id of ids) expect(await dialogs(id)).toEqual([{ status: 1, assignee: null }, second]);
  });

  it("cannot be reopened, resolved and reopened by one statement", async () => {
    const ids = await createAll();
    await setAll(ids, "status = 1");
    const twice = session.query(
      `with reopened as (update chat.conversations set status = 0 where id = any($1) returning id)
       select chat.resolve_conversation(id), chat.reopen_conversation(id) from reopened`,
      [ids],
    );
    await expect(twice).rejects.toMatchObject({ code: "PA039" });
  });

  it("may be resolved and reopened by the statement that changes it", async () => {
    const ids = await createAll();
    await session.query(
      `with changed as (update chat.conversations set status = 2 where id = any($1) returning id)
       select chat.resolve_conversation(id), chat.reopen_conversation(id) from changed`,
      [ids],
    );
    for (const id of ids)
      expect(await dialogs(id)).toEqual([
        { status: 1, assignee: null },
        { status: 0, assignee: null },
      ]);
  });
});

const dialogs = (id: unknown) =>
  rows(
    session,
    "select status, assignee_id::int as assignee from chat.dialogs where conversation_id = $1 order by id",
    [id],
  );
