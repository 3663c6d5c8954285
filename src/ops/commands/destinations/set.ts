import type { Command } from "commander";
import { ParleyError } from "../../../errors.ts";
import { makeAdapter } from "../../../outbound/adapters.ts";
import { wholeNumber } from "../../input/whole-number.ts";
import { report } from "../../output.ts";
import { withDatabase } from "../../with-database.ts";
import { type Changes, columnsOf, withChanges } from "./changes.ts";
import { findDestination } from "./find.ts";

/** `parley destinations set ID` */
export function addSetCommand(destinations: Command): void {
  withChanges(
    destinations
      .command("set")
      .description("change a destination; what is not given stays")
      .argument("<id>", "id of the destination", wholeNumber(1)),
  ).action((id: number, options: Changes) =>
    withDatabase(async (pool) => {
      const destination = await findDestination(pool, id);
      const columns = await columnsOf(pool, makeAdapter(destination.kind), options, destination);
      const names = Object.keys(columns);
      if (names.length === 0)
        throw new ParleyError("PA026", "nothing to change", { hint: "See destinations set --help." });
      await pool.query(
        `update outbound.destinations set ${names.map((name, index) => `${name} = $${index + 2}`).join(", ")} where id = $1`,
        [id, ...Object.values(columns)],
      );
      report(options, { id, changed: names }, () => `Destination ${id} has changed: ${names.join(", ")}.`);
    }),
  );
}
