import type { Client } from "pg";
import { afterEach, beforeAll, expect, it } from "vitest";
import { createTwoAccounts } from "../../api/two-accounts.ts";
import { untilBlocked } from "../../broker/blocked.ts";
import { column, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
let ann: Client;
let bob: Client;

beforeAll(async () => {
  ann = await db.connect();
  bob = await db.connect();
  await createTwoAccounts(ann);
});

afterEach(async () => {
  for (const session of [ann, bob]) await session.query("rollback");
  await ann.query("delete from chat.tickets; update chat.ticket_numbers set last_number = 0");
});

const open = (session: Client, args = "1, 'x'") => value<number>(session, `select chat.open_ticket(${args})`);
const numbers = () => column(ann, "select number from chat.tickets where account_id = 1 order by id");

/** Ann's transaction does `first`; Bob's statement has to wait until it ends. */
async function waitsFor<Result>(
  first: () => Promise<unknown>,
  then: () => Promise<Result>,
  end = "commit",
): Promise<Result> {
  await ann.query("begin");
  await first();
  const result = then();
  result.catch(() => {});
  await untilBlocked(db.pool, bob);
  await ann.query(end);
  return result;
}

it("two sessions that open at once take the next number each", async () => {
  await waitsFor(
    () => open(ann),
    () => open(bob),
  );
  expect(await numbers()).toEqual([1, 2]);
});

it("one that rolls back leaves no gap", async () => {
  await waitsFor(
    () => open(ann),
    () => open(bob),
    "rollback",
  );
  expect(await numbers()).toEqual([1]);
});

it("another account does not wait", async () => {
  await ann.query("begin");
  await open(ann);
  await open(bob, "2, 'x'");
});

it("two sessions that open by the same external_id open one", async () => {
  const args = "1, 'x', external_id => 'T-1'";
  let first: number | undefined;
  const second = await waitsFor(
    async () => {
      first = await open(ann, args);
    },
    () => open(bob, args),
  );
  expect(second).toBe(first);
  expect(await numbers()).toEqual([1]);
});

const file = (session: Client, { source = "chat:a", event = 1, name = null as string | null } = {}) =>
  value<number>(
    session,
    `select ticket_id from chat.file_in_ticket(account_id => 1, event_id => $2, source_id => $1, subject => 'x', content => 'text ' || $2::bigint,
       attachments => '[]', author => 'system', contact => null, ticket_name => $3, ticket_name_means => 'either', is_new => $3::text is null,
       reopen => true)`,
    [source, event, name],
  );

it("two sessions that file the same source make one ticket with one message", async () => {
  let first: number | undefined;
  const second = await waitsFor(
    async () => {
      first = await file(ann);
    },
    () => file(bob),
  );
  expect(second).toBe(first);
  expect(await column(ann, "select content from chat.ticket_messages")).toEqual(["text 1"]);
});

it("two events that name the same unknown ticket make one, with both messages", async () => {
  await waitsFor(
    () => file(ann, { source: "event:1", event: 1, name: "T-7" }),
    () => file(bob, { source: "event:2", event: 2, name: "T-7" }),
  );
  expect(await column(ann, "select external_id from chat.tickets")).toEqual(["T-7"]);
  expect(await column(ann, "select content from chat.ticket_messages order by id")).toEqual([
    "text 1",
    "text 2",
  ]);
});

it("of two events for one chat the one put last is kept, in whichever order they come at once", async () => {
  await waitsFor(
    () => file(ann, { event: 2 }),
    () => file(bob, { event: 1 }),
  );
  expect(await column(ann, "select content from chat.ticket_messages")).toEqual(["text 2"]);
  await waitsFor(
    () => file(ann, { event: 3 }),
    () => file(bob, { event: 4 }),
  );
  expect(await column(ann, "select content from chat.ticket_messages")).toEqual(["text 4"]);
});

it("twenty sessions that open a hundred tickets leave the numbers 1 to 100", async () => {
  await Promise.all(Array.from({ length: 100 }, () => db.pool.query("select chat.open_ticket(1, 'x')")));
  expect(await numbers()).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
});

it("an agent who is being deleted is given no ticket", async () => {
  const id = await open(ann);
  await expect(
    waitsFor(
      () => ann.query("update chat.users set deleted_at = now() where account_id = 1 and id = 2"),
      () => bob.query("select chat.assign_ticket($1, 2)", [id]),
    ),
  ).rejects.toMatchObject({ code: "PA032" });
  await ann.query("update chat.users set deleted_at = null where account_id = 1 and id = 2");
});

it("an agent who is being given a ticket loses it when deleted", async () => {
  const id = await open(ann);
  await waitsFor(
    () => ann.query("select chat.assign_ticket($1, 2)", [id]),
    () => bob.query("update chat.users set deleted_at = now() where account_id = 1 and id = 2"),
  );
  expect(await column(ann, "select assignee_id from chat.tickets")).toEqual([null]);
  await ann.query("update chat.users set deleted_at = null where account_id = 1 and id = 2");
});

it("two who solve at once solve once, and the second is told so", async () => {
  const id = await open(ann);
  const solve = "select chat.set_ticket_status($1, 'solved')";
  const { rows } = await waitsFor(
    () => ann.query(solve, [id]),
    () => bob.query(solve, [id]),
  );
  expect(rows).toEqual([{ set_ticket_status: false }]);
  expect(await column(ann, "select status from chat.ticket_changes order by id")).toEqual(["open", "solved"]);
});

it("a transaction whose snapshot may be older than the lock is refused", async () => {
  await ann.query("begin isolation level repeatable read");
  await expect(open(ann)).rejects.toMatchObject({ code: "PA040" });
});
