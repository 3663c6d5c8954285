import type { Command } from "commander";
import { loadConfig } from "../../config.ts";
import { createLog } from "../../log.ts";
import { assertReady } from "../run/assert-ready.ts";
import { openDatabase } from "../run/database.ts";
import { runUntilStopped } from "../run/until-stopped.ts";

/** `parley serve` */
export function addServeCommand(program: Command): void {
  program
    .command("serve")
    .description("run the HTTP server: GraphQL, exports, probes and metrics")
    .action(async () => {
      // Half of all code is behind it: the other commands start without.
      const { startServing } = await import("../run/serving.ts");
      const config = loadConfig();
      const log = createLog(config.logLevel);
      await runUntilStopped(log, async (parts) => {
        const applicationName = `parley serve, process ${process.pid}`;
        const database = await openDatabase({ config, log, applicationName });
        parts.add({ name: "database", ...database });
        await assertReady(database.url);
        const http = await startServing({ url: database.url, port: config.port, config, log });
        parts.add({ name: "http", ...http });
        return undefined;
      });
    });
}
