import { defineUpkeep } from "../../src/broker/define-upkeep.ts";

/** What may be much is forgotten in batches, each a transaction of its own. */
const FORGET = ["delete_removed", "forget_attempts", "forget_answers", "forget_old_mailed"];

/** Switches off destinations that keep failing, and forgets what is old or removed, once a minute. See sql/outbound/index.sql. */
export default defineUpkeep({
  run: ({ withClient, signal, log }) =>
    withClient(async (client) => {
      const { rows } = await client.query("select outbound.switch_off_failing() as destination");
      for (const { destination } of rows)
        log.warn({ destination }, "switched off a destination that kept failing");
      await client.query("select outbound.forget_rejected()");
      for (const forget of FORGET) {
        let forgotten = 0;
        do {
          const { rows } = await client.query(`select outbound.${forget}() as count`);
          forgotten = rows[0].count;
        } while (forgotten > 0 && !signal.aborted);
      }
    }),
});
