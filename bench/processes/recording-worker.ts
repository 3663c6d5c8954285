import { openSync, writeSync } from "node:fs";
import { runAsChild } from "../lib/child.ts";
import { now } from "../lib/clock.ts";
import { startSixConsumers } from "../lib/six-consumers.ts";

/**
 * Records every delivery where it outlives a kill -9: what is called out for, in a file at once; what is transactional,
 * in a table by the transaction of the delivery.
 */
await runAsChild(async ({ url, file }: { url: string; file: string }) => {
  const records = openSync(file, "a");
  return startSixConsumers(url, async (queue, event, tx) => {
    await tx?.query("insert into stored_events (event_id) values ($1)", [event.id]);
    writeSync(records, `${queue} ${event.id} ${now()}\n`);
  });
});
