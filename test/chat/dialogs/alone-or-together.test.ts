// A statement that changes one conversation is followed another way than one that changes many; nobody shall notice.
import type { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { column, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { createFirstAccount } from "../first-account.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";

const db = useDatabase();
let session: Client;

beforeAll(async () => {
  session = await db.connect();
  await createFirstAccount(session);
});

afterAll(async () => {
  expect(await brokenInvariants(session)).toEqual([]);
});

/** What a conversation is created with, and what it is set to afterwards. */
const STATES: Record<string, [created: string, then?: string]> = {
  open: ["0, null"],
  "open and assigned": ["0, 1"],
  pending: ["2, null"],
  "snoozed and assigned": ["3, 1"],
  resolved: ["0, 1", "status = 1"],
  "resolved from the start": ["1, 1"],
};

const CHANGES = [
  "status = status",
  "status = 0",
  "status = 1",
  "status = 3, snoozed_until = '2031-01-01Z'",
  "assignee_id = 2",
  "assignee_id = null",
  "team_id = 2",
  "inbox_id = 2, contact_id = 1",
  "custom_attributes = '{\"vip\": true}'",
  "status = 0, assignee_id = 2",
  "status = 1, assignee_id = 2",
  "status = 1, assignee_id = null, team_id = 1",
  "status = 2, assignee_id = null, updated_at = '2029-12-01Z'",
];

async function createAs([created, then]: [string, string?]): Promise<number> {
  await session.query("set parley.now = '2029-11-01Z'");
  const id = await value<number>(
    session,
    `insert into chat.conversations (account_id, inbox_id, status, assignee_id) values (1, 1, ${created}) returning id`,
  );
  if (then) await session.query(`update chat.conversations set ${then} where id = $1`, [id]);
  return id;
}

async function change(set: string, where: string, values: unknown): Promise<void> {
  await session.query("set parley.now = '2030-01-01Z'");
  const { rowCount } = await session.query(`update chat.conversations set ${set} where ${where}`, [values]);
  expect(rowCount).toBe(Array.isArray(values) ? values.length : 1);
}

/** The conversation, its dialogs and its log, without what differs between any two conversations. */
const told = (id: number) =>
  column<string>(
    session,
    `select to_jsonb(c) - '{id,dialog_id}'::text[] || jsonb_build_object('dialog', d.number) || jsonb_build_object('is', 'conversation')
     from chat.conversations c
     left join (select id, row_number() over (order by id) as number from chat.dialogs where conversation_id = $1) d on d.id = c.dialog_id
     where c.id = $1
     union all
     select d from (
       select to_jsonb(d) - '{id,conversation_id}'::text[] || jsonb_build_object('is', 'dialog') as d
       from chat.dialogs d where conversation_id = $1 order by id
     ) d
     union all
     select e from (
       select to_jsonb(e) - '{id,conversation_id,dialog_id}'::text[] || jsonb_build_object('dialog', d.number) as e
       from chat.events e
       left join (select id, row_number() over (order by id) as number from chat.dialogs where conversation_id = $1) d on d.id = e.dialog_id
       where conversation_id = $1 order by e.id
     ) e`,
    [id],
  );

it.each(
  Object.entries(STATES).flatMap(([state, history]) => CHANGES.map((set) => [state, set, history] as const)),
)("%s: %s", async (_state, set, history) => {
  const [alone, byPlace, together, other] = [
    await createAs(history),
    await createAs(history),
    await createAs(history),
    await createAs(history),
  ];
  await change(set, "id = $1", alone);
  await change(set, "ctid = (select ctid from chat.conversations where id = $1)", byPlace);
  await change(set, "id = any($1)", [together, other]);
  const expected = await told(alone);
  expect(await told(byPlace)).toEqual(expected);
  expect(await told(together)).toEqual(expected);
  expect(await told(other)).toEqual(expected);
});

it("a statement may change one conversation and leave another as it is", async () => {
  const [changed, left] = [await createAs(["0, 1"]), await createAs(["2, 2"])];
  const before = await told(left);
  await change("status = 2, assignee_id = 2", "id = any($1)", [changed, left]);
  expect(await told(left)).toEqual(before);

  const alone = await createAs(["0, 1"]);
  await change("status = 2, assignee_id = 2", "id = $1", alone);
  expect(await told(changed)).toEqual(await told(alone));
});
