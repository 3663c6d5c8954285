import { setTimeout as sleep } from "node:timers/promises";
import type { JobHelpers } from "graphile-worker";
import { runtimeOfJob, type WorkerRuntime } from "./runtime.ts";

const EVERY_MINUTE = "* * * * *";
const MINUTE_MS = 60_000;

/** Work that goes on rests so many times as long as it took: it must not slow down those whom it is for. */
const REST = 3;

export interface UpkeepDefinition {
  /** When, in the words of cron and in UTC; default: each minute. */
  cron?: string;
  /**
   * Goes on so often, from one minute to the next; less often if it takes long, so that it works a quarter of the time at most.
   * `parley work --once` does it once, too, when the queues are empty.
   */
  everySeconds?: number;
  run(runtime: UpkeepRuntime): Promise<void>;
}

export type UpkeepRuntime = Pick<WorkerRuntime, "withClient" | "signal" | "log">;

/** A graphile-worker task that a worker starts by itself, at its times. */
export type Upkeep = ((payload: unknown, helpers: JobHelpers) => Promise<void>) & {
  readonly upkeep: UpkeepDefinition;
};

/**
 * Defines work that nobody asks for.
 *
 * @example
 * // workers/audit/forget.ts, the whole file
 * export default defineUpkeep({
 *   cron: "30 2 * * *",
 *   run: ({ withClient }) => withClient(async (client) => void (await client.query("select audit.forget()"))),
 * });
 */
export function defineUpkeep(definition: UpkeepDefinition): Upkeep {
  return Object.assign(
    async (_payload: unknown, helpers: JobHelpers) => doUpkeep(definition, runtimeOfJob(helpers)),
    { upkeep: definition },
  );
}

export const isUpkeep = (value: unknown): value is Upkeep => typeof value === "function" && "upkeep" in value;

export const cronOf = (task: unknown): string => (isUpkeep(task) && task.upkeep.cron) || EVERY_MINUTE;

/** One job: the work once or, with `everySeconds`, until cron starts the next job. */
export async function doUpkeep(
  { everySeconds, run }: UpkeepDefinition,
  runtime: UpkeepRuntime,
): Promise<void> {
  if (everySeconds === undefined) return run(runtime);
  const minute = () => Math.floor(Date.now() / MINUTE_MS);
  const started = minute();
  do {
    const began = performance.now();
    await run(runtime).catch((error) =>
      runtime.log.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        "upkeep failed, it is repeated",
      ),
    );
    const rest = Math.max(everySeconds * 1000, REST * (performance.now() - began));
    await sleep(rest, undefined, { signal: runtime.signal }).catch(() => {});
  } while (!runtime.signal.aborted && minute() === started);
}
