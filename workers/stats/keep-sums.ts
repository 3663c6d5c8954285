import { defineUpkeep } from "../../src/broker/define-upkeep.ts";

/** Sums days that have ended, and computes anew what settings and calendars count otherwise. See sql/stats/work_off_rebuilds.sql. */
export default defineUpkeep({
  run: ({ withClient, signal }) =>
    withClient(async (client) => {
      await client.query("select stats.finish_days()");
      let rebuilt = 0;
      do {
        const { rows } = await client.query("select stats.work_off_rebuilds() as dialogs");
        rebuilt = rows[0].dialogs;
        // It holds the lock that the other worker's flush only tries.
        if (rebuilt > 0) await client.query("select stats.flush()");
      } while (rebuilt > 0 && !signal.aborted);
    }),
});
