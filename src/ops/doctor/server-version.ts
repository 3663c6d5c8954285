import { type Check, ok, problem, warning } from "./check.ts";

const OLDEST = 15;
const NEWEST_TESTED = 18;

export const serverVersion: Check = {
  name: "server version",
  needs: "server",
  async run(db) {
    const { rows } = await db.query("select current_setting('server_version') as version");
    const version: string = rows[0].version;
    const major = Number.parseInt(version, 10);
    if (major < OLDEST) {
      return [problem(`PostgreSQL ${version} is too old`, `Update the server to ${OLDEST} or newer.`)];
    }
    if (major > NEWEST_TESTED) {
      const advice = `Tested up to ${NEWEST_TESTED}: look for a newer Parley.`;
      return [warning(`PostgreSQL ${version} is newer than this program`, advice)];
    }
    return [ok(`PostgreSQL ${version}`)];
  },
};
