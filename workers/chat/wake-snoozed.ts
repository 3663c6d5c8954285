import { defineUpkeep } from "../../src/broker/define-upkeep.ts";

/** Opens the conversations whose snooze has ended, once a minute. See sql/chat/wake_snoozed.sql. */
export default defineUpkeep({
  run: ({ withClient }) =>
    withClient(async (client) => void (await client.query("select chat.wake_snoozed()"))),
});
