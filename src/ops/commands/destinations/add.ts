import type { Command } from "commander";
import type pg from "pg";
import { ParleyError } from "../../../errors.ts";
import { KINDS, makeAdapter } from "../../../outbound/adapters.ts";
import { checked } from "../../../outbound/open-destination.ts";
import { wholeNumber } from "../../input/whole-number.ts";
import { report } from "../../output.ts";
import { withDatabase } from "../../with-database.ts";
import { type Changes, columnsOf, withChanges } from "./changes.ts";

/** `parley destinations add KIND` */
export function addAddCommand(destinations: Command): void {
  withChanges(
    destinations
      .command("add")
      .description("add a destination")
      .argument("<kind>", KINDS.join(", "))
      .requiredOption("--account <id>", "account whose events it gets", wholeNumber(1)),
  ).action((kind: string, options: Changes & { account: number }) =>
    withDatabase(async (pool) => {
      const adapter = makeAdapter(kind);
      await assertAccount(pool, options.account);
      const { rows } = await pool.query<{ id: number }>("select outbound.new_destination_id() as id");
      const { id } = rows[0]!;
      const destination = { id, accountId: options.account };
      const given = { settings: "{}", name: kind, ...options };
      const columns = await columnsOf(pool, adapter, given, destination);
      if (options.secrets === undefined) checked(adapter.secrets, {}, kind, "secrets");
      const names = Object.keys(columns);
      await pool.query(
        `insert into outbound.destinations (id, account_id, kind, ${names.join(", ")})
         overriding system value
         values ($1, $2, $3, ${names.map((_, index) => `$${index + 4}`).join(", ")})`,
        [id, options.account, kind, ...Object.values(columns)],
      );
      report(options, { id }, () => `Destination ${id} is ready. Try it: ./parley destinations test ${id}`);
    }),
  );
}

async function assertAccount(pool: pg.Pool, id: number): Promise<void> {
  const { rows } = await pool.query("select from chat.accounts where id = $1", [id]);
  if (rows.length > 0) return;
  throw new ParleyError("PA030", `there is no account ${id}`, {
    hint: `It is made by its first event, or by: insert into chat.accounts (id, name) values (${id}, 'Its name');`,
  });
}
