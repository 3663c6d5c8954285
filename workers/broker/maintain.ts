import type { Task } from "graphile-worker";

/** The broker's upkeep, once a minute: partitions ahead, retention, forgotten dedupe ids. See sql/broker/maintain.sql. */
const maintain: Task = async (_payload, helpers) => {
  const { rows } = await helpers.query("select * from broker.maintain()");
  helpers.logger.info("maintenance done", rows[0]);
};

export default maintain;
