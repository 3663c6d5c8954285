import { defineUpkeep } from "../../src/broker/define-upkeep.ts";

/** What comes while a batch is summed waits for the next second, unless it is as much as this: many cost less at once than one by one. */
const ANOTHER_BATCH = 1000;

/** Sums what has changed, each second until little is left. See sql/stats/flush.sql. */
export default defineUpkeep({
  everySeconds: 1,
  run: ({ withClient, signal }) =>
    withClient(async (client) => {
      let flushed = 0;
      do {
        const { rows } = await client.query("select stats.flush() as dialogs");
        flushed = rows[0].dialogs;
      } while (flushed >= ANOTHER_BATCH && !signal.aborted);
    }),
});
