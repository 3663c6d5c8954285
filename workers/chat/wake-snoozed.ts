import type { Task } from "graphile-worker";

/** Opens the conversations whose snooze has ended, once a minute. See sql/chat/wake_snoozed.sql. */
const wakeSnoozed: Task = async (_payload, helpers) => {
  await helpers.query("select chat.wake_snoozed()");
};

export default wakeSnoozed;
