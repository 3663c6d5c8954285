import { defineUpkeep } from "../../src/broker/define-upkeep.ts";

/** So many dialogs at once. What comes meanwhile waits: what is said in a dialog costs less at once than one by one. */
const BATCH = 2000;

/** Sums what has changed, each second or, if that takes long, less often. See sql/stats/flush.sql. */
export default defineUpkeep({
  everySeconds: 1,
  run: ({ withClient, signal }) =>
    withClient(async (client) => {
      let flushed = 0;
      do {
        const { rows } = await client.query("select stats.flush(max_dialogs => $1) as dialogs", [BATCH]);
        flushed = rows[0].dialogs;
      } while (flushed >= BATCH && !signal.aborted);
    }),
});
