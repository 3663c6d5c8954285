import fc from "fast-check";
import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { createFirstAccount } from "../../chat/first-account.ts";
import { deliver, example } from "../../consumers/deliver.ts";
import { useDatabase } from "../../setup/database.ts";
import { runs, within } from "../../setup/proof.ts";
import { readMeasurements, readSums } from "../read-sums.ts";
import { recount } from "../recount.ts";

const db = useDatabase();

let owner: Client;
/** Its transaction may end steps later. */
let late: Client;
let lateIsOpen = false;
let lastEventId = 0;

beforeAll(async () => {
  owner = await db.connect();
  await owner.query("set parley.account_id = '1'");
  late = await db.connect();
});

const time = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 9, minutes)).toISOString();
const minute = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20_000 }));
/** Also numbers, under which ratings and wrap-ups know chats, and dialogs that clients write. */
const chatId = fc.constantFrom("chat 1", "chat 2", "chat 3", "1", "2", "70");
const number = fc.constantFrom(1, 2, 3, 70, 71);
const grade = fc.integer({ min: 1, max: 5 });

const ended = fc
  .record({
    ChatId: chatId,
    visitor: fc.integer({ min: 0, max: 1 }),
    agent: fc.integer({ min: 0, max: 3 }),
    start: minute,
    lasts: fc.integer({ min: 0, max: 20 }),
    messages: fc.array(fc.tuple(fc.integer({ min: -5, max: 60 }), fc.integer({ min: 0, max: 3 })), {
      maxLength: 5,
    }),
    transfers: fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 2 }),
    known: fc.option(number),
  })
  .map(({ ChatId, visitor, agent, start, lasts, messages, transfers, known }) => ({
    name: "chat.ended",
    data: {
      ChatId,
      Visitor: { Id: `visitor ${visitor}` },
      AgentIds: [agent],
      Start: time(start),
      End: time(start + lasts),
      Messages: messages.map(([at, SenderType]) => ({ Id: 1, SenderType, Time: time(start + at) })),
      TransferLogs: transfers.map((at, index) => ({
        Time: time(start + at),
        TransferType: 0,
        ToId: 1 + index,
        IfSuccess: true,
      })),
      BotActions: known === null ? [] : [{ Guid: "a", ChatId: known, Time: time(start) }],
    },
  }));
const rated = fc
  .record({ ChatId: number, ChatGuid: fc.option(chatId), RatingGrade: grade })
  .map((changes) => ({
    name: "chat.rating.submitted",
    data: { ...example("chat.rating.submitted"), ...changes },
  }));
const wrappedUp = fc.record({ ChatId: number }).map((changes) => ({
  name: "chat.wrapup.submitted",
  data: { ...example("chat.wrapup.submitted"), ...changes },
}));

const sql = fc.constantFrom(
  "select stats.flush()",
  "select stats.flush()",
  "select stats.flush(1)",
  "select stats.finish_days()",
  "select stats.keep_handled()",
  "select stats.keep_handled(1000)",
  "select chat.forget_contact(account_id, id) from chat.contacts order by id desc limit 1",
  "delete from chat.conversations where id = (select max(id) from chat.conversations)",
  "delete from chat.ratings where id = (select max(id) from chat.ratings)",
  "update chat.ratings set chat_guid = 'chat 1', rating_grade = 2 where id = (select min(id) from chat.ratings)",
  "delete from chat.chat_numbers where chat_number = 1",
  "update chat.chat_numbers set chat_guid = 'chat 2' where chat_number = 2",
  "update chat.accounts set puts_chat_events = not puts_chat_events where id = 1",
  "insert into stats.settings (account_id, time_zone) values (1, 'Asia/Kathmandu') on conflict (account_id) do update set time_zone = case stats.settings.time_zone when 'UTC' then 'America/St_Johns' else 'UTC' end",
  // Clients write into the conversations that chats are in.
  "select chat.append_message(max(id), 'Hello', 0, 'Contact', reopen => true) from chat.conversations having count(*) > 0",
  "select chat.append_message(max(id), 'Hello', 1, 'User', 1) from chat.conversations having count(*) > 0",
  "select chat.resolve_conversation(max(id)) from chat.conversations having count(*) > 0",
  "insert into chat.conversations (account_id, inbox_id, contact_id, assignee_id, created_at) select 1, 1, max(id), 1, '2026-01-01 09:30Z' from chat.contacts where account_id = 1 having count(*) > 0",
);

type Step = { name: string; data: object; isLate: boolean } | { sql: string } | "commit";
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.oneof({ weight: 3, arbitrary: ended }, rated, wrappedUp), fc.boolean())
      .map(([event, isLate]) => ({ ...event, isLate })),
  },
  { weight: 4, arbitrary: sql.map((sql) => ({ sql })) },
  fc.constant("commit" as const),
);

async function commit(): Promise<void> {
  if (lateIsOpen) await late.query("commit");
  lateIsOpen = false;
}

async function take(step: Step): Promise<void> {
  if (step === "commit") return commit();
  if ("sql" in step) {
    // What the late transaction has locked.
    await owner.query(step.sql).catch(async ({ code }) => {
      expect([
        "55P03",
        "23505",
        "40P01",
        "23514",
        "PA020",
        "PA030",
        "PA031",
        "PA032",
        "PA033",
        "PA034",
      ]).toContain(code);
    });
    return;
  }
  const client = step.isLate ? late : owner;
  if (step.isLate && !lateIsOpen) {
    await late.query("begin");
    lateIsOpen = true;
  }
  await client.query(lateIsOpen && step.isLate ? "savepoint event" : "select");
  lastEventId += 1;
  const event = { id: lastEventId, name: step.name, data: { ...step.data, SiteId: 1 } };
  await deliver(client, event).catch(async (error) => {
    expect(["55P03", "40P01", "23505", "PA020"]).toContain(error.code);
    if (step.isLate) await late.query("rollback to event");
  });
}

/** One snapshot, as in histories.test.ts. */
async function expectExactSums(): Promise<void> {
  await owner.query("begin isolation level repeatable read read only");
  try {
    const plain = await recount(owner);
    expect(await readSums(owner)).toEqual(plain);
    expect(await readMeasurements(owner)).toEqual(plain);
    expect((await owner.query("select * from stats.verify()")).rows).toEqual([]);
  } finally {
    await owner.query("rollback");
  }
}

it(
  "whatever is imported, rated, replaced and forgotten, in whatever order it is committed, numbers are exact",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await commit();
        await db.pool.query("truncate chat.accounts restart identity cascade");
        await db.pool.query("truncate chat.ratings, chat.wrapups, chat.chat_numbers cascade");
        await createFirstAccount(db.pool);
        for (const client of [owner, late]) await client.query("set lock_timeout = '100ms'");
        for (const one of steps) {
          await take(one);
          await expectExactSums();
        }
        await commit();
        await expectExactSums();
        await owner.query("select stats.flush()");
        await expectExactSums();
      }),
      { numRuns: runs(8), endOnFailure: !process.env.SHRINK },
    );
  },
  within(600_000),
);
