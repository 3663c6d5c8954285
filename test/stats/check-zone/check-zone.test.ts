import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
const check = (zone: string | null) => db.pool.query("select stats.check_zone($1)", [zone]);

it.each(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "Etc/GMT+5"])(
  "takes %s",
  async (zone) => {
    await check(zone);
  },
);

it.each([
  ["a slip", "Europe/Berlinn", /^Did you mean Europe\/Berlin,/],
  ["a city alone", "kolkata", /^Did you mean Asia\/Kolkata/],
  ["the name of another system", "W. Europe Standard Time", /^Give a name of the IANA time zone database/],
  ["an abbreviation", "CEST", /./],
  ["an offset", "+02:00", /^Give a name/],
  ["a rule that PostgreSQL would take", "Europe/Berlinn5", /./],
  ["nothing", "", /^Give a name/],
  ["null", null, /^Give a name/],
  // Comparing such a text with every name would take the minutes that a statement may not.
  ["a text of any length", "ab".repeat(50_000), /^Give a name/],
])("refuses %s with PA050", async (_what, zone, hint) => {
  await expect(check(zone)).rejects.toMatchObject({ code: "PA050", hint: expect.stringMatching(hint) });
});
