import { Logger, run } from "graphile-worker";
import type { DrainOptions } from "../drain.ts";
import { runAsChild } from "../lib/child.ts";
import { countdown } from "../lib/countdown.ts";

/** The same by graphile-worker alone, one job a message, with its settings for throughput. */
await runAsChild(async ({ url, messages }: DrainOptions) => {
  const { handled, rate } = countdown(messages);
  const runner = await run({
    preset: {
      worker: {
        connectionString: url,
        concurrentJobs: 24,
        localQueue: { size: 500 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
        logger: new Logger(() => () => {}),
      },
    },
    noHandleSignals: true,
    taskList: { email: async () => handled() },
  });
  return async () => {
    const measured = await rate;
    await runner.stop();
    return measured;
  };
});
