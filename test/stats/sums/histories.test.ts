import fc from "fast-check";
import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { createFirstAccount } from "../../chat/first-account.ts";
import { asScript, run, startAfresh, transaction } from "../../chat/invariants/random-histories.ts";
import { useDatabase } from "../../setup/database.ts";
import { runs, within } from "../../setup/proof.ts";
import { readMeasurements, readSums } from "../read-sums.ts";
import { recount } from "../recount.ts";

const db = useDatabase();
const SESSIONS = 3;
const CONVERSATION_IS_GONE = ["PA030", "23503"];

let sessions: Client[];
let reader: Client;
let owner: Client;

beforeAll(async () => {
  sessions = await Promise.all(Array.from({ length: SESSIONS }, () => db.connect()));
  for (const session of sessions) await session.query("set deadlock_timeout = '10ms'");
  reader = await db.connect();
  await reader.query("set parley.account_id = '1'");
  owner = await db.connect();
  await createFirstAccount(db.pool);
});

/** What else changes numbers: what is submitted, deleted, decided. Not part of a client's history. */
const intervention = fc.constantFrom(
  "delete from chat.conversations where id = (select min(id) from chat.conversations)",
  "delete from chat.conversations where id = (select max(id) from chat.conversations)",
  "delete from chat.messages where id % 3 = 0",
  "delete from chat.mentions where id % 2 = 0",
  "delete from chat.events where id = (select max(id) from chat.events where name = 'conversation_assigned')",
  "update chat.messages set private = not private where id % 4 = 0",
  "update chat.messages set content_attributes = '{\"automation_rule_id\": 1}' where id % 5 = 0",
  "update chat.accounts set puts_chat_events = not puts_chat_events",
  "insert into chat.ratings (event_id, put_at, account_id, chat_number, rating_grade) " +
    "select coalesce(max(r.event_id), 0) + 1, now(), 1, (select max(id) from chat.dialogs), 3 + count(*) % 3 from chat.ratings r",
  "insert into chat.wrapups (event_id, put_at, account_id, chat_number, agent_id, category_ids, submitted_at) " +
    "select coalesce(max(w.event_id), 0) + 1, now(), 1, (select min(id) from chat.dialogs), 1, '{}', now() from chat.wrapups w",
  "delete from chat.ratings where id = (select max(id) from chat.ratings)",
);
const flush = fc.constantFrom("all", "one", "killed", "rolled back");

type Step = { intervention: string } | { flush: string } | "finish days" | "keep days";
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: intervention.map((sql) => ({ intervention: sql })) },
  { weight: 4, arbitrary: flush.map((how) => ({ flush: how })) },
  fc.constant("finish days" as const),
  fc.constant("keep days" as const),
);

async function take(step: Step): Promise<void> {
  if (step === "finish days") await db.pool.query("select stats.finish_days()");
  else if (step === "keep days") await db.pool.query("select stats.keep_handled()");
  else if ("intervention" in step) {
    // A deadlock with a history, or a dialog that another one has deleted.
    await owner
      .query(step.intervention)
      .catch(({ code }) => expect(["40P01", "23503", "23502"]).toContain(code));
  } else if (step.flush === "all") await db.pool.query("select stats.flush()");
  else if (step.flush === "one") await db.pool.query("select stats.flush(1)");
  else await breakFlush(step.flush === "killed");
}

/** Flushes, but the transaction does not commit. */
async function breakFlush(byKilling: boolean): Promise<void> {
  const session = await db.connect();
  session.on("error", () => {});
  await session.query("begin");
  await session.query("select stats.flush()");
  if (!byKilling) return void (await session.query("rollback"));
  const { rows } = await session.query("select pg_backend_pid() as pid");
  await db.pool.query("select pg_terminate_backend($1, 5000)", [rows[0].pid]);
}

/** One snapshot: what readers see is what the rows say, whatever has been flushed and whoever writes. */
async function expectExactSums(): Promise<void> {
  await reader.query("begin isolation level repeatable read read only");
  try {
    const plain = await recount(reader);
    expect(await readSums(reader)).toEqual(plain);
    expect(await readMeasurements(reader)).toEqual(plain);
  } finally {
    await reader.query("rollback");
  }
}

async function all(table: string): Promise<unknown> {
  return (await db.pool.query(`select array_agg(to_jsonb(t) order by t::text) as rows from ${table} t`))
    .rows[0].rows;
}

const differences = async () => (await db.pool.query("select * from stats.verify()")).rows;

const STORED = ["dialogs", "turns", "ownerships", "message_counts", "sums", "times", "handled"];
async function stored(): Promise<unknown> {
  await db.pool.query("select stats.keep_handled(1000)");
  return Promise.all(STORED.map((table) => all(`stats.${table}`)));
}

it(
  "whatever several sessions do, readers see exact numbers at every moment, flushed or not",
  async () => {
    const round = fc.record({
      histories: fc
        .array(fc.array(transaction, { minLength: 1, maxLength: 4 }), {
          minLength: SESSIONS,
          maxLength: SESSIONS,
        })
        .map((all) => Object.assign(all, { [fc.toStringMethod]: () => asScript(all) })),
      steps: fc.array(step, { minLength: 1, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 5 }), async (rounds) => {
        await startAfresh(db.pool);
        await db.pool.query("truncate chat.ratings, chat.wrapups cascade");
        for (const { histories, steps } of rounds) {
          await Promise.all([
            ...histories.map(async (transactions, index) => {
              for (const one of transactions) await run(sessions[index]!, one, CONVERSATION_IS_GONE);
            }),
            (async () => {
              for (const one of steps) {
                await take(one);
                await expectExactSums();
              }
            })(),
          ]);
          await expectExactSums();
          expect(await differences()).toEqual([]);

          // What the next round changes has been summed.
          await db.pool.query("select stats.flush()");
          await expectExactSums();
          expect(await differences()).toEqual([]);
        }
        expect((await db.pool.query("select * from stats.stale")).rows).toEqual([]);
        const before = await stored();
        await db.pool.query("select stats.rebuild(1, '-infinity', 'infinity')");
        expect(await stored()).toEqual(before);
      }),
      // Another run interleaves otherwise, so nothing is learnt from shrinking.
      { numRuns: runs(8), endOnFailure: true },
    );
  },
  within(120_000),
);
