import type { Task } from "graphile-worker";

/** Keeps the open hours of calendars reckoned for the years to come. See sql/stats/extend_calendars.sql. */
const extendCalendars: Task = async (_payload, helpers) => {
  await helpers.query("select stats.extend_calendars()");
};

export default extendCalendars;
