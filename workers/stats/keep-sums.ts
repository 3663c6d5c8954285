import { defineUpkeep } from "../../src/broker/define-upkeep.ts";

/** Each does a chunk and says how much that was. */
const CHUNKS = ["select stats.keep_handled() as done", "select stats.work_off_rebuilds() as done"];

/**
 * Sums and keeps days that have ended, and computes anew what settings and calendars count otherwise. See sql/stats/keep_handled.sql
 * and sql/stats/work_off_rebuilds.sql.
 */
export default defineUpkeep({
  run: ({ withClient, signal }) =>
    withClient(async (client) => {
      await client.query("select stats.finish_days()");
      for (const chunk of CHUNKS) {
        let done = 0;
        do {
          const { rows } = await client.query(chunk);
          done = rows[0].done;
          // It holds the lock that the other worker's flush only tries.
          if (done > 0) await client.query("select stats.flush()");
        } while (done > 0 && !signal.aborted);
      }
    }),
});
