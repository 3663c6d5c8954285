import fc from "fast-check";
import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { rows, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { createFirstAccount } from "../first-account.ts";
import { brokenInvariants } from "./broken-invariants.ts";
import { ConversationModel } from "./one-session-model.ts";

const db = useDatabase();
const EPOCH = "timestamptz '2030-01-01Z'";
const SECOND = 1_000_000;

let session: Client;
let id: number;
let now: number;
let model: ConversationModel;

beforeAll(async () => {
  session = await db.connect();
  await createFirstAccount(session);
});

const time = (moment: string) => `${EPOCH} + ${moment}::bigint * interval '1 microsecond'`;
const micros = (column: string) => `(extract(epoch from ${column} - ${EPOCH}) * 1000000)::bigint`;

async function clockShows(moment: number): Promise<void> {
  now = moment;
  await session.query(`select set_config('parley.now', (${time("$1")})::text, false)`, [moment]);
}

type Step = { run(): Promise<unknown>; [fc.toStringMethod](): string };

const step = (does: string, run: () => Promise<unknown>): Step => ({
  run,
  [fc.toStringMethod]: () => does,
});

const status = fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const);
const assignee = fc.constantFrom(null, 1, 2);

const steps = fc.array(
  fc.oneof(
    fc
      .constantFrom(1, 30, 90, 0.000003, -20, -200)
      .map((seconds) =>
        step(`the clock moves ${seconds} s`, () => clockShows(now + Math.round(seconds * SECOND))),
      ),
    fc.record({ status, assignee }, { requiredKeys: [] }).map((change) =>
      step(`change ${JSON.stringify(change)}`, async () => {
        model.change(now, change);
        await session.query(
          `update chat.conversations set
             status = case when $2 then $3 else status end, assignee_id = case when $4 then $5 else assignee_id end
           where id = $1`,
          [id, "status" in change, change.status, "assignee" in change, change.assignee],
        );
      }),
    ),
    fc
      .record({ byAgent: fc.boolean(), ago: fc.constantFrom(null, null, 0, 5, 59, 61, 100, -10) })
      .map((what) =>
        step(`say ${JSON.stringify(what)}`, async () => {
          const given = what.ago === null ? undefined : now - what.ago * SECOND;
          model.say(now, { byAgent: what.byAgent, given });
          await session.query(
            `insert into chat.messages (conversation_id, message_type, sender_type, content, created_at)
           values ($1, $2::int, case when $2::int = 1 then 'User' else 'Contact' end, 'history perhaps', ${time("$3")})`,
            [id, what.byAgent ? 1 : 0, given],
          );
        }),
      ),
  ),
  { maxLength: 20 },
);

const rank = "(select count(*) - 1 from chat.dialogs d where d.conversation_id = $1 and d.id <= r.dialog_id)";
const dialog = `case when r.dialog_id is not null then ${rank} end as dialog`;

const stored = async () => ({
  events: await rows(
    session,
    `select name, user_id as user, ${dialog}, ${micros("created_at")} as at
     from chat.events r where conversation_id = $1 order by created_at, id`,
    [id],
  ),
  messages: await rows(
    session,
    `select ${micros("created_at")} as at, (additional_attributes ->> 'user_id_assigned')::bigint as assignee, ${dialog}
     from chat.messages r where conversation_id = $1 order by id`,
    [id],
  ),
  dialogs: await rows(
    session,
    `select ${micros("created_at")} as start, case status when 1 then ${micros("updated_at")} end as end, assignee_id as assignee
     from chat.dialogs where conversation_id = $1 order by id`,
    [id],
  ),
});

it("whatever the clock does, one client's conversation is what the seed says", async () => {
  await fc.assert(
    fc.asyncProperty(status, assignee, steps, async (first, by, all) => {
      await clockShows(0);
      model = new ConversationModel(now, first, by);
      id = await value(
        session,
        "insert into chat.conversations (account_id, inbox_id, status, assignee_id) values (1, 1, $1, $2) returning id",
        [first, by],
      );
      for (const { run } of all) await run();
      expect(await stored()).toEqual({
        events: model.events.toSorted((a, b) => a.at - b.at),
        messages: model.messages,
        dialogs: model.dialogs,
      });
    }),
    { numRuns: 100 },
  );
  expect(await brokenInvariants(session)).toEqual([]);
});
