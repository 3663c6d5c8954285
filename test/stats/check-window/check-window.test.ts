import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
const check = (since: string | null, until: string | null) =>
  db.pool.query("select stats.check_window($1, $2)", [since, until]);

it.each([
  ["a quarter of an hour", "2026-03-01T12:15Z", "2026-03-01T12:30Z"],
  ["a day of Kathmandu", "2026-03-01T00:00+05:45", "2026-03-02T00:00+05:45"],
  ["20 years", "2006-03-01Z", "2026-03-01Z"],
  ["years before 1970", "1955-01-01Z", "1956-01-01Z"],
])("takes %s", async (_what, since, until) => {
  await check(since, until);
});

it.each([
  ["PA051", "2026-03-01T12:10Z", "2026-03-01T12:30Z"],
  ["PA051", "2026-03-01T12:15Z", "2026-03-01T12:30:00.000001Z"],
  ["PA052", "2026-03-01Z", "2026-03-01Z"],
  ["PA052", "2026-03-02Z", "2026-03-01Z"],
  ["PA052", null, "2026-03-01Z"],
  ["PA052", "2026-03-01Z", null],
  ["PA052", "infinity", "infinity"],
  ["PA053", "2006-03-01Z", "2026-03-01T00:15Z"],
  ["PA053", "2026-03-01Z", "infinity"],
  ["PA053", "-infinity", "2026-03-01Z"],
  ["PA053", "294276-12-31Z", "294276-12-31T12:00Z"],
  ["PA053", "4713-02-01Z BC", "4713-03-01Z BC"],
])("refuses with %s what is from %s until %s", async (code, since, until) => {
  await expect(check(since, until)).rejects.toMatchObject({ code, hint: expect.stringMatching(/\.$/) });
});
