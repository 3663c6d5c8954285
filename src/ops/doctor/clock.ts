import { type Check, ok, problem, warning } from "./check.ts";

const SKEW_S = 1;

export const clock: Check = {
  name: "clock",
  needs: "schema",
  async run(db) {
    const before = Date.now();
    const { rows } = await db.query<{ server: number; frozen: string | null }>(
      `select extract(epoch from clock_timestamp())::float8 * 1000 as server,
         nullif(current_setting('parley.now', true), '') as frozen`,
    );
    const { server, frozen } = rows[0]!;
    if (frozen !== null) {
      const advice = "Find it with \\drds and: alter database ... reset parley.now (or alter role)";
      return [problem(`parley.now stops the broker's clock at ${frozen}`, advice)];
    }
    // The server read its clock somewhere between the two reads of ours.
    const skew = Math.max(before - server, server - Date.now(), 0) / 1000;
    if (skew <= SKEW_S) return [ok("server and this machine agree")];
    return [
      warning(
        `server and this machine differ by ${skew.toFixed(1)} s`,
        "Set both by NTP: latencies are wrong.",
      ),
    ];
  },
};
