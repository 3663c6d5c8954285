import { countOf, formatAge } from "../output.ts";
import { type Check, type Finding, orOk, problem, warning } from "./check.ts";

/** Seconds of a busy server; what a backfill leaves is gone in minutes. */
const MANY_PENDING = 50_000;
const LONG_AGO_S = 2 * 86_400;

interface State {
  pending: number;
  verified_s: number | null;
  differences: number | null;
}

export const statistics: Check = {
  name: "statistics",
  needs: "schema",
  async run(db) {
    const { rows } = await db.query<State>(
      `select pending::float8, differences::float8,
         extract(epoch from clock_timestamp() - verified_at)::float8 as verified_s
       from stats.state()`,
    );
    const { pending, verified_s, differences } = rows[0]!;
    const findings: Finding[] = [];
    if (pending > MANY_PENDING) {
      const advice = "Reports are exact, but slow meanwhile. If no worker runs: ./parley work";
      findings.push(warning(`${countOf(pending, "change")} are not summed yet`, advice));
    }
    if (differences) {
      const advice =
        "See stats.verifications and: select * from stats.verify(); then stats.rebuild(account, since, until)";
      findings.push(
        problem(`the last comparison with the rows found ${countOf(differences, "difference")}`, advice),
      );
    }
    if (verified_s !== null && verified_s > LONG_AGO_S) {
      const advice = "A worker compares each night at 03:23 UTC. Now: select stats.record_verification()";
      findings.push(warning(`last compared with the rows ${formatAge(verified_s)} ago`, advice));
    }
    return orOk(findings, `${countOf(pending, "change")} not summed yet`);
  },
};
