import fc from "fast-check";
import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { runs, within } from "../../setup/proof.ts";
import { createFirstAccount } from "../first-account.ts";
import { brokenInvariants, type Violation } from "./broken-invariants.ts";
import { asScript, run, startAfresh, transaction } from "./random-histories.ts";

const db = useDatabase();
const SESSIONS = 4;

let sessions: Client[];

beforeAll(async () => {
  sessions = await Promise.all(Array.from({ length: SESSIONS }, () => db.connect()));
  for (const session of sessions) await session.query("set deadlock_timeout = '10ms'");
  await createFirstAccount(db.pool);
});

async function violations(): Promise<(Violation | string)[]> {
  const { rows: lost } = await db.pool.query(
    "select 'message ' || id || ' has lost what the client gave' as what from chat.messages where not additional_attributes ? 'given'",
  );
  return [...(await brokenInvariants(db.pool)), ...lost.map(({ what }) => what)];
}

it(
  "whatever several sessions do at the same time, dialogs, events, messages and mentions fit together",
  async () => {
    const histories = fc
      .array(fc.array(transaction, { minLength: 1, maxLength: 6 }), {
        minLength: SESSIONS,
        maxLength: SESSIONS,
      })
      .map((all) => Object.assign(all, { [fc.toStringMethod]: () => asScript(all) }));
    await fc.assert(
      fc.asyncProperty(histories, async (all) => {
        await startAfresh(db.pool);
        await Promise.all(
          all.map(async (transactions, index) => {
            for (const one of transactions) await run(sessions[index]!, one);
          }),
        );
        expect(await violations()).toEqual([]);
      }),
      // Another run interleaves otherwise, so nothing is learnt from shrinking.
      { numRuns: runs(25), endOnFailure: true },
    );
  },
  within(60_000),
);
