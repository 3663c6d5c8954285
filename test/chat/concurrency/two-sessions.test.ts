import type { Client } from "pg";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { untilBlocked } from "../../broker/blocked.ts";
import { column, rows, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { createFirstAccount } from "../first-account.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";

const db = useDatabase();
const RESOLVE = "update chat.conversations set status = 1 where id = $1";
const REOPEN = "update chat.conversations set status = 0 where id = $1";
const ASSIGN = "update chat.conversations set assignee_id = $2 where id = $1";
const SAY = `insert into chat.messages (conversation_id, message_type, sender_type, content)
  values ($1, 1, 'User', $2) returning created_at::text, dialog_id, additional_attributes ->> 'user_id_assigned' as assignee`;

let ann: Client;
let bob: Client;
let id: number;

beforeAll(async () => {
  ann = await db.connect();
  bob = await db.connect();
  await createFirstAccount(ann);
});

beforeEach(async () => {
  id = await value(ann, "insert into chat.conversations (account_id, inbox_id) values (1, 1) returning id");
});

afterEach(async () => {
  for (const session of [ann, bob]) await session.query("rollback; reset parley.now");
  await ann.query("update chat.users set deleted_at = null where deleted_at is not null");
  expect(await brokenInvariants(db.pool)).toEqual([]);
});

const events = () =>
  column(ann, "select name from chat.events where conversation_id = $1 order by created_at", [id]);

/** Ann's transaction does `first`; Bob's statement has to wait until she commits. */
async function waitsFor<Result>(first: () => Promise<unknown>, then: () => Promise<Result>): Promise<Result> {
  await ann.query("begin");
  await first();
  const result = then();
  result.catch(() => {});
  await untilBlocked(db.pool, bob);
  await ann.query("commit");
  return result;
}

it("two agents who resolve at once resolve once", async () => {
  await waitsFor(
    () => ann.query(RESOLVE, [id]),
    () => bob.query(RESOLVE, [id]),
  );
  expect(await events()).toEqual(["conversation_open", "conversation_resolved"]);
});

it("two sessions that assign the same agent at once assign once", async () => {
  await waitsFor(
    () => ann.query(ASSIGN, [id, 1]),
    () => bob.query(ASSIGN, [id, 1]),
  );
  expect(await events()).toEqual(["conversation_open", "conversation_assigned"]);
});

it("of two sessions that assign different agents at once the later wins, and both are logged", async () => {
  await waitsFor(
    () => ann.query(ASSIGN, [id, 1]),
    () => bob.query(ASSIGN, [id, 2]),
  );
  expect(
    await column(
      ann,
      "select user_id from chat.events where conversation_id = $1 and name = 'conversation_assigned' order by created_at",
      [id],
    ),
  ).toEqual([1, 2]);
});

it("two agents who answer at once are logged as one first response, the first", async () => {
  await waitsFor(
    () => ann.query(SAY, [id, "first"]),
    () => bob.query(SAY, [id, "second"]),
  );
  expect(await events()).toEqual(["conversation_open", "first_response"]);
});

it("a message that waits for a reopening belongs to the new dialog and its assignee", async () => {
  await ann.query(RESOLVE, [id]);
  const { rows: said } = await waitsFor(
    async () => {
      await ann.query(REOPEN, [id]);
      await ann.query(ASSIGN, [id, 2]);
    },
    () => bob.query(SAY, [id, "waits"]),
  );
  expect(said[0]).toMatchObject({
    dialog_id: await value(ann, "select max(id) from chat.dialogs where conversation_id = $1", [id]),
    assignee: "2",
  });
});

it("a message that waits for a reopening that is rolled back belongs to the old dialog", async () => {
  const dialog = await value(ann, "select dialog_id from chat.conversations where id = $1", [id]);
  await ann.query(RESOLVE, [id]);
  await ann.query("begin");
  await ann.query(REOPEN, [id]);
  const said = bob.query(SAY, [id, "waits"]);
  await untilBlocked(db.pool, bob);
  await ann.query("rollback");
  expect((await said).rows[0]).toMatchObject({ dialog_id: dialog });
});

it("a mention that waits for a reopening belongs to the new dialog, and is not older than that", async () => {
  await ann.query(RESOLVE, [id]);
  const { rows: mentioned } = await waitsFor(
    () => ann.query(REOPEN, [id]),
    () =>
      bob.query("insert into chat.mentions (conversation_id, user_id) values ($1, 1) returning dialog_id", [
        id,
      ]),
  );
  expect(mentioned[0]).toEqual({
    dialog_id: await value(ann, "select max(id) from chat.dialogs where conversation_id = $1", [id]),
  });
});

it("a transaction that began earlier and writes later writes behind the others", async () => {
  await bob.query("begin; select now()");
  await ann.query(SAY, [id, "before"]);
  await ann.query(RESOLVE, [id]);
  await bob.query(SAY, [id, "after"]);
  await bob.query("commit");
  expect(
    await column(
      ann,
      `select name from (
         select name, created_at from chat.events where conversation_id = $1
         union all select content, created_at from chat.messages where conversation_id = $1
       ) h order by created_at`,
      [id],
    ),
  ).toEqual(["conversation_open", "before", "first_response", "conversation_resolved", "after"]);
});

it("resolved and reopened in the same instant, one after the other", async () => {
  for (const session of [ann, bob]) await session.query("set parley.now = '2000-01-01Z'");
  await waitsFor(
    () => ann.query(RESOLVE, [id]),
    () => bob.query(REOPEN, [id]),
  );
  expect(await events()).toEqual(["conversation_open", "conversation_resolved", "conversation_open"]);
});

describe("an agent who is deleted while somebody assigns", () => {
  const DELETE = "update chat.users set deleted_at = now() where id = 3";

  it("has the conversation no more when the assignment came first", async () => {
    await waitsFor(
      () => ann.query(ASSIGN, [id, 3]),
      () => bob.query(DELETE),
    );
    expect(await value(ann, "select assignee_id from chat.conversations where id = $1", [id])).toBeNull();
  });

  it("is refused when the deletion came first", async () => {
    await expect(
      waitsFor(
        () => ann.query(DELETE),
        () => bob.query(ASSIGN, [id, 3]),
      ),
    ).rejects.toMatchObject({ code: "PA032" });
  });
});

describe.each(["repeatable read", "serializable"])(
  "a %s transaction whose snapshot is older than",
  (isolation) => {
    beforeEach(async () => {
      await ann.query(SAY, [id, "before"]);
      await ann.query(RESOLVE, [id]);
      await bob.query(`begin isolation level ${isolation}`);
      await bob.query("select from chat.conversations");
    });

    it.each([
      ["a message", SAY, ["late"]],
      ["an assignment", ASSIGN, [1]],
      ["a mention", "insert into chat.mentions (conversation_id, user_id) values ($1, $2)", [1]],
      ["an event", "insert into chat.events (conversation_id, name) values ($1, $2)", ["label_added"]],
    ])("a reopening cannot write %s", async (_what, statement, values) => {
      await ann.query(REOPEN, [id]);
      await expect(bob.query(statement, [id, ...values])).rejects.toMatchObject({ code: "40001" });
    });

    it("a message writes behind it, though it cannot see it", async () => {
      const before = await rows<{ created_at: string }>(ann, SAY, [id, "unseen"]);
      const {
        rows: [after],
      } = await bob.query(
        `insert into chat.messages (conversation_id, message_type, created_at) values ($1, 0, now() - interval '1 second')
       returning created_at > $2 as is_behind`,
        [id, before[0]!.created_at],
      );
      await bob.query("commit");
      expect(after).toEqual({ is_behind: true });
    });

    it("a message that it waits for writes behind all that its writer said", async () => {
      await ann.query("begin");
      await ann.query(SAY, [id, "one"]);
      const waiting = bob.query(SAY, [id, "two"]);
      await untilBlocked(db.pool, bob);
      const last = await rows<{ created_at: string }>(ann, SAY, [id, "still one"]);
      await ann.query("commit");
      const { rows: said } = await waiting;
      await bob.query("commit");
      expect(await value(ann, "select $1::timestamptz > $2", [said[0].created_at, last[0]!.created_at])).toBe(
        true,
      );
    });

    it("a message reopens behind it", async () => {
      await ann.query(SAY, [id, "unseen"]);
      await bob.query(
        "update chat.conversations set status = 2, updated_at = now() - interval '1 second' where id = $1",
        [id],
      );
      await bob.query("commit");
    });
  },
);

it.each([
  ["an agent is deleted", "update chat.users set deleted_at = now() where id = 1"],
  ["a conversation is looked up by its contact", "select chat.open_conversation(1, 1, 1)"],
])("with a snapshot that may be older than its locks: %s is refused", async (_what, statement) => {
  await ann.query("begin isolation level repeatable read");
  await expect(ann.query(statement)).rejects.toMatchObject({ code: "PA040" });
});
