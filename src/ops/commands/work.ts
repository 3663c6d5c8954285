import type { Command } from "commander";
import { noObserver } from "../../broker/observer.ts";
import { loadConfig } from "../../config.ts";
import { createLog } from "../../log.ts";
import { assertReady } from "../run/assert-ready.ts";
import { openDatabase } from "../run/database.ts";
import { runUntilStopped } from "../run/until-stopped.ts";
import { startWorking } from "../run/working.ts";

/** `parley work [QUEUE...] [--once]` */
export function addWorkCommand(program: Command): void {
  program
    .command("work")
    .description("run the consumers of these queues, or of all")
    .argument("[queue...]", "names of queues")
    .option("--once", "end when the queues are empty")
    .action(async (queues: string[], { once = false }: { once?: boolean }) => {
      const config = loadConfig();
      const log = createLog(config.logLevel);
      await runUntilStopped(log, async (parts) => {
        const applicationName = `parley work, process ${process.pid}`;
        const database = await openDatabase({ config, log, applicationName });
        parts.add({ name: "database", ...database });
        await assertReady(database.url);
        const worker = await startWorking({ url: database.url, log, observer: noObserver, queues, once });
        parts.add({ name: "worker", ...worker });
        return { ended: worker.finished };
      });
    });
}
