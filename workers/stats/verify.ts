import { defineUpkeep } from "../../src/broker/define-upkeep.ts";

/** Compares all statistics with the rows behind them, nightly. See sql/stats/verify.sql. */
export default defineUpkeep({
  cron: "23 3 * * *",
  run: ({ withClient, log }) =>
    withClient(async (client) => {
      const { rows } = await client.query("select * from stats.record_verification()");
      const { differences, example } = rows[0];
      if (differences > 0) log.error({ differences, example }, "statistics differ from the rows behind them");
    }),
});
