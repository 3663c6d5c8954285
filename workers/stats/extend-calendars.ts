import { defineUpkeep } from "../../src/broker/define-upkeep.ts";

/** Keeps the open hours of calendars reckoned for the years to come: nightly is plenty. See sql/stats/extend_calendars.sql. */
export default defineUpkeep({
  cron: "41 2 * * *",
  run: ({ withClient }) =>
    withClient(async (client) => void (await client.query("select stats.extend_calendars()"))),
});
