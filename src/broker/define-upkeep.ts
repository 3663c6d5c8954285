import { setTimeout as sleep } from "node:timers/promises";
import type { JobHelpers } from "graphile-worker";
import { runtimeOfJob, type WorkerRuntime } from "./runtime.ts";

const EVERY_MINUTE = "* * * * *";
const MINUTE_MS = 60_000;

/** Work that goes on rests so many times as long as it took: it must not slow down those whom it is for. */
const REST = 5;
/** No longer: if ever more waits for work that takes ever longer, rests must not grow with it. */
const LONGEST_REST_MS = 5000;

export interface UpkeepDefinition {
  /** When, in the words of cron and in UTC; default: each minute. */
  cron?: string;
  /**
   * Goes on so often, from one minute to the next; less often if it takes long, so that it works a sixth of the time, or rests for five
   * seconds. `parley work --once` does it once, too, when the queues are empty.
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

/** How many milliseconds to rest after work that took `workedMs` and is wanted every `everyMs`. */
export const restAfter = (workedMs: number, everyMs: number): number =>
  Math.max(everyMs, Math.min(REST * workedMs, LONGEST_REST_MS));

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
    await sleep(restAfter(performance.now() - began, everySeconds * 1000), undefined, {
      signal: runtime.signal,
    }).catch(() => {});
  } while (!runtime.signal.aborted && minute() === started);
}
