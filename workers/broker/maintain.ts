import { defineUpkeep } from "../../src/broker/define-upkeep.ts";

/** The broker's upkeep, once a minute: partitions ahead, retention, forgotten dedupe ids. See sql/broker/maintain.sql. */
export default defineUpkeep({
  run: ({ withClient }) => withClient(async (client) => void (await client.query("call broker.maintain()"))),
});
