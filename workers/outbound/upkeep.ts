import { defineUpkeep } from "../../src/broker/define-upkeep.ts";

/** Switches off destinations that keep failing, and forgets old attempts, once a minute. See sql/outbound/switch_off_failing.sql. */
export default defineUpkeep({
  run: ({ withClient, signal, log }) =>
    withClient(async (client) => {
      const { rows } = await client.query("select outbound.switch_off_failing() as destination");
      for (const { destination } of rows)
        log.warn({ destination }, "switched off a destination that kept failing");
      await client.query("select outbound.forget_rejected()");
      let forgotten = 0;
      do {
        const { rows } = await client.query("select outbound.forget_attempts() as attempts");
        forgotten = rows[0].attempts;
      } while (forgotten > 0 && !signal.aborted);
    }),
});
