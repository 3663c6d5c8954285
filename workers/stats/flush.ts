import { defineUpkeep } from "../../src/broker/define-upkeep.ts";

/** Sums what has changed, each second until nothing is left. See sql/stats/flush.sql. */
export default defineUpkeep({
  everySeconds: 1,
  run: ({ withClient, signal }) =>
    withClient(async (client) => {
      let flushed = 0;
      do {
        const { rows } = await client.query("select stats.flush() as dialogs");
        flushed = rows[0].dialogs;
      } while (flushed > 0 && !signal.aborted);
    }),
});
