import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerReport } from "../processes/no-op-worker.ts";
import type { ProducerReport } from "../processes/paced-producer.ts";
import { Child } from "./child.ts";
import { now } from "./clock.ts";
import { untilEmpty } from "./queues.ts";
import type { Database } from "./server.ts";
import type { Samples } from "./statistics.ts";

/** Readers and connections come up meanwhile; not measured. */
const WARM_UP_S = 5;
const CATCH_UP_S = 600;

interface Load {
  perSecond: number;
  seconds: number;
  /** Starts what goes on beside the puts, and returns how to end it. */
  beside?: () => Promise<() => Promise<void>>;
}

export interface SteadyRun {
  /** The measured time. */
  from: number;
  to: number;
  /** Begin and duration of each put. */
  puts: Samples;
  /** Begin of the put, and time from there to the end of the handler; all queues together. */
  deliveries: Samples;
  /** Events that something else than the producer put. */
  otherDeliveries: number;
}

/** Puts at a steady rate from one process, whether answers come or not; six no-op consumers in another process. */
export async function steadyLoad(database: Database, load: Load): Promise<SteadyRun> {
  const { perSecond, seconds, beside = async () => async () => {} } = load;
  const { url, pool } = database;
  const worker = await Child.start<WorkerReport>("no-op-worker.ts", { url });
  const putAndWait = async () => {
    const endBeside = await beside();
    const producer = await Child.start<ProducerReport>("paced-producer.ts", { url, perSecond });
    await sleep(WARM_UP_S * 1000);
    const from = now();
    await sleep(seconds * 1000);
    const to = now();
    const { puts } = await producer.finish();
    await endBeside();
    const left = await untilEmpty(pool, CATCH_UP_S);
    if (left > 0) throw new Error(`${left} messages were not handled within ${CATCH_UP_S} s of the last put`);
    return { from, to, puts };
  };
  const run = await worker.whileAlive(putAndWait());
  return { ...run, ...(await worker.finish()) };
}
