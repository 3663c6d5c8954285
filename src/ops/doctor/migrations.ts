import { schemaState } from "../../db/schema-state.ts";
import { type Check, ok, problem } from "./check.ts";

export const migrations: Check = {
  name: "migrations",
  needs: "server",
  async run(db) {
    const { current, missing, unknown } = await schemaState(db);
    if (unknown.length > 0) {
      return [
        problem(`the database is newer than this program: ${unknown.join(", ")}`, "Update the program."),
      ];
    }
    if (missing.length > 0) {
      return [problem(`the database lacks ${missing.join(", ")}`, "Run: ./parley migrate")];
    }
    return [ok(`up to date, at ${current}`)];
  },
};
