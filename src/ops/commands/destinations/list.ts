import type { Command } from "commander";
import { wholeNumber } from "../../input/whole-number.ts";
import { formatTable, type OutputOptions, report } from "../../output.ts";
import { withDatabase } from "../../with-database.ts";
import { type DestinationState, listStates } from "./states.ts";

/** `parley destinations` */
export function addListCommand(destinations: Command): Command {
  return destinations
    .command("list", { isDefault: true })
    .description("show how each destination is, what waits for it, and its last error")
    .option("--account <id>", "only those of this account", wholeNumber(1))
    .option("--kind <kind>", "only those of this kind")
    .option("--json", "print JSON")
    .action((options: OutputOptions & { account?: number; kind?: string }) =>
      withDatabase(async (pool) => report(options, await listStates(pool, options), describeStates)),
    );
}

function describeStates(rows: DestinationState[]): string {
  return formatTable(
    rows,
    {
      id: (row) => row.id,
      account: (row) => row.account_id,
      kind: (row) => row.kind,
      name: (row) => row.name,
      state: (row) => row.state,
      waiting: (row) => row.waiting,
      "failing since": (row) => row.failing_since,
      "next probe": (row) => row.probe_at,
      code: (row) => row.error_code,
      error: (row) => row.error,
    },
    "There are no destinations. Add one: ./parley destinations add --help",
  );
}
