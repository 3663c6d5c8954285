import type { Command } from "commander";
import { loadConfig } from "../../config.ts";
import { migrate } from "../../db/migrate.ts";
import { createLog } from "../../log.ts";
import { type OutputOptions, report } from "../output.ts";
import { openDatabase } from "../run/database.ts";

/** `parley migrate` */
export function addMigrateCommand(program: Command): void {
  program
    .command("migrate")
    .description("bring the database up to date; changes nothing in one that is")
    .option("--json", "print JSON")
    .action(async (options: OutputOptions) => {
      const config = loadConfig();
      const log = createLog(config.logLevel);
      const applicationName = `parley migrate, process ${process.pid}`;
      const database = await openDatabase({ config, log, applicationName });
      try {
        report(options, await migrate(database.url, log), ({ applied, current }) =>
          applied.length === 0
            ? `The database is up to date (${current}).`
            : `Applied ${applied.join(", ")}. The database is up to date.`,
        );
      } finally {
        await database.stop();
      }
    });
}
