import type { Queryable } from "../call-broker.ts";
import { autovacuum } from "./autovacuum.ts";
import { type Check, type Finding, warning } from "./check.ts";
import { clock } from "./clock.ts";
import { connections } from "./connections.ts";
import { destinations } from "./destinations.ts";
import { eventLog } from "./event-log.ts";
import { graphql } from "./graphql.ts";
import { snapshotsHeldLongerThan } from "./held-snapshots.ts";
import { migrations } from "./migrations.ts";
import { queues } from "./queues.ts";
import { roles } from "./roles.ts";
import { sequences } from "./sequences.ts";
import { serverVersion } from "./server-version.ts";
import { settings } from "./settings.ts";
import { statistics } from "./statistics.ts";

/** What the doctor looks at, in the order in which one would set a server up. */
const CHECKS: Check[] = [
  serverVersion,
  settings,
  roles,
  graphql,
  migrations,
  connections,
  autovacuum,
  snapshotsHeldLongerThan(300),
  eventLog,
  sequences,
  queues,
  destinations,
  statistics,
  clock,
];

export interface Diagnosis extends Finding {
  check: string;
}

/** Runs every check that makes sense on this database. A check that may not look is a warning, not a failure. */
export async function examine(db: Queryable): Promise<Diagnosis[]> {
  const { rows } = await db.query("select to_regnamespace('broker') is not null as has_schema");
  const checks = CHECKS.filter((check) => check.needs === "server" || rows[0].has_schema);
  const diagnoses: Diagnosis[] = [];
  for (const check of checks) {
    const findings = await check.run(db).catch((error: Error) => [notChecked(error)]);
    diagnoses.push(...findings.map((finding) => ({ check: check.name, ...finding })));
  }
  return diagnoses;
}

function notChecked(error: Error): Finding {
  return warning(
    `could not be checked: ${error.message}`,
    "Run the doctor as an operator: grant parley_operator to ...",
  );
}
