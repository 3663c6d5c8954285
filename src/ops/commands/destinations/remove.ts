import type { Command } from "commander";
import { wholeNumber } from "../../input/whole-number.ts";
import { type OutputOptions, report } from "../../output.ts";
import { withDatabase } from "../../with-database.ts";

/** `parley destinations remove ID` */
export function addRemoveCommand(destinations: Command): void {
  destinations
    .command("remove")
    .description("delete a destination with what waits for it and its log of attempts")
    .argument("<id>", "id of the destination", wholeNumber(1))
    .option("--json", "print JSON")
    .action((id: number, options: OutputOptions) =>
      withDatabase(async (pool) => {
        await pool.query("select outbound.remove_destination(id => $1)", [id]);
        report(options, { id, removed: true }, () => `Destination ${id} is gone.`);
      }),
    );
}
