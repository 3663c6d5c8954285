import type { Task } from "graphile-worker";

/** The broker's upkeep, once a minute: partitions ahead, retention, forgotten dedupe ids. See sql/broker/maintain.sql. */
const maintain: Task = async (_payload, helpers) => {
  await helpers.query("call broker.maintain()");
};

export default maintain;
