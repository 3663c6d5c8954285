import type { Command } from "commander";
import { wholeNumber } from "../../input/whole-number.ts";
import { type OutputOptions, report } from "../../output.ts";
import { withDatabase } from "../../with-database.ts";
import { findDestination } from "./find.ts";

/** `parley destinations enable ID` */
export function addEnableCommand(destinations: Command): void {
  addSwitch(destinations, "enable", true, "gets its events; what waited is delivered");
}

/** `parley destinations disable ID` */
export function addDisableCommand(destinations: Command): void {
  addSwitch(destinations, "disable", false, "gets nothing; what waits goes on waiting");
}

function addSwitch(destinations: Command, verb: string, enabled: boolean, effect: string): void {
  destinations
    .command(verb)
    .description(`from now on it ${effect}`)
    .argument("<id>", "id of the destination", wholeNumber(1))
    .option("--json", "print JSON")
    .action((id: number, options: OutputOptions) =>
      withDatabase(async (pool) => {
        await findDestination(pool, id);
        await pool.query("update outbound.destinations set enabled = $2 where id = $1", [id, enabled]);
        report(options, { id, enabled }, () => `Destination ${id} ${effect}.`);
      }),
    );
}
