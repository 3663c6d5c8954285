import { expect, it } from "vitest";
import { value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
/** plpgsql keeps a plan for any values after five runs. */
const RUNS_UNTIL_KEPT = 6;

it("sums what a busy second has left soon, in a session that had nothing to do before", async () => {
  const session = await db.connect();
  for (let run = 0; run < RUNS_UNTIL_KEPT; run++) await session.query("select stats.flush()");
  await db.pool.query(
    "insert into stats.stale (account_id, dialog_id) select 1, i % 3000 from generate_series(1, 20000) i",
  );
  await session.query("set statement_timeout = '5s'");
  expect(await value(session, "select stats.flush(2000)")).toBe(2000);
  expect(await value(session, "select stats.flush(2000)")).toBe(1000);
});
