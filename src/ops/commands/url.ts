import type { Command } from "commander";
import { loadConfig } from "../../config.ts";
import { type OutputOptions, report } from "../output.ts";
import { databaseUrl } from "../run/database.ts";

/** `parley url`, for `psql "$(./parley url)"` */
export function addUrlCommand(program: Command): void {
  program
    .command("url")
    .description("print the URL of the database, with its password")
    .option("--json", "print JSON")
    .action((options: OutputOptions) =>
      report(options, { url: databaseUrl(loadConfig()) }, ({ url }) => url),
    );
}
