import type { Command } from "commander";
import { wholeNumber } from "../../input/whole-number.ts";
import { formatFields, type OutputOptions, report } from "../../output.ts";
import { withDatabase } from "../../with-database.ts";
import { findDestination } from "./find.ts";
import { listStates } from "./states.ts";

/** `parley destinations show ID` */
export function addShowCommand(destinations: Command): void {
  destinations
    .command("show")
    .description("show one destination with its settings, without its secrets")
    .argument("<id>", "id of the destination", wholeNumber(1))
    .option("--json", "print JSON")
    .action((id: number, options: OutputOptions) =>
      withDatabase(async (pool) => {
        await findDestination(pool, id);
        const [state] = await listStates(pool, { id });
        const { rows } = await pool.query(
          `select settings || case when settings ? 'headers'
             then jsonb_build_object('headers', outbound.shown_headers(settings -> 'headers')) else '{}' end as settings,
             secrets is not null as has_secrets
           from outbound.destinations where id = $1`,
          [id],
        );
        report(options, { ...state, ...rows[0] }, ({ settings, events, ...rest }) =>
          [
            formatFields({ ...rest, events: events?.join(", ") ?? "all" }),
            `settings: ${JSON.stringify(settings, null, 2)}`,
          ].join("\n"),
        );
      }),
    );
}
